// The page of examples/6_gateway in headless Chromium: text that comes piece by piece, and streams that end when they
// are no longer wanted. Waits for conditions, each with a deadline.
// Usage: node gateway.mjs EXAMPLE_6_GATEWAY
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const patience = 20_000; // milliseconds, for what takes some tens on an idle machine
const longPrompt = "and then ".repeat(200); // its answer takes a quarter of a minute

/** Starts the example on a free port; it ends by itself should this test be killed. */
async function startExample(program) {
  const example = spawn(program, ["--seconds", "110"], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: example.stdout });
  const [line] = await once(lines, "line", { signal: AbortSignal.timeout(patience) });
  return { example, url: line.match(/http:\S+/)[0] };
}

async function until(condition, milliseconds, what) {
  const last = Date.now() + milliseconds;
  while (!(await condition())) {
    assert.ok(Date.now() < last, `not within ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const counts = async (url) => (await fetch(new URL("counts", url))).json();

/** Keeps how long the answer was after each of its changes. */
async function watchAnswer(page) {
  await page.evaluate(() => {
    const answer = document.getElementById("answer");
    globalThis.lengths = [];
    new MutationObserver(() => globalThis.lengths.push(answer.textContent.length)).observe(answer, { childList: true });
  });
}

async function open(browser, url) {
  const page = await browser.newPage();
  page.setDefaultTimeout(patience);
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  await page.goto(url);
  await watchAnswer(page);
  return { page, faults };
}

async function ask(page, button, prompt) {
  await page.fill("#prompt", prompt);
  await page.click(button);
}

const someText = (page) =>
  until(async () => (await page.textContent("#answer")).length > 0, patience, "the first words");

/** Asked this way, the answer grows, is complete, and shows what was sent as text. */
async function answersPieceByPiece(browser, url, button) {
  const { page, faults } = await open(browser, url);
  const before = await counts(url);
  await ask(page, button, "is <b>this</b> & that bold?");
  await page.waitForSelector("#status.done");
  const text = await page.textContent("#answer");
  assert.ok(text.includes("“is <b>this</b> & that bold?”"), text);
  assert.ok(text.endsWith("something else."), text);
  assert.equal(await page.locator("#answer *").count(), 0, "no element comes of an answer");
  assert.equal(await page.textContent("#status"), "Finished: 5 tokens in, 61 out");
  const lengths = await page.evaluate(() => globalThis.lengths);
  const grown = lengths.filter((length, i) => length > (lengths[i - 1] ?? 0) && length < text.length);
  assert.ok(new Set(grown).size >= 3, `it comes in pieces: ${lengths}`);
  assert.ok(await page.isDisabled("#stop"));
  const after = await counts(url);
  assert.equal(after.begun, before.begun + 1, "it is not asked again");
  assert.equal(after.finished, before.finished + 1);
  assert.deepEqual(faults, []);
  await page.close();
}

const oneMoreAbandoned = (url, before) =>
  until(async () => (await counts(url)).abandoned === before.abandoned + 1, 5000, "the model's answer is abandoned");

async function stopEndsTheModel(browser, url, button) {
  const { page, faults } = await open(browser, url);
  const before = await counts(url);
  await ask(page, button, longPrompt);
  await someText(page);
  await page.click("#stop");
  assert.equal(await page.textContent("#status"), "Stopped");
  await oneMoreAbandoned(url, before);
  assert.deepEqual(faults, []);
  await page.close();
}

async function closingThePageEndsTheModel(browser, url, button) {
  const { page } = await open(browser, url);
  const before = await counts(url);
  await ask(page, button, longPrompt);
  await someText(page);
  await page.close();
  await oneMoreAbandoned(url, before);
}

/** Asked with the keyboard alone, while another answer is under way: that one is given up. */
async function theNextQuestionTakesThePlace(browser, url) {
  const { page, faults } = await open(browser, url);
  const before = await counts(url);
  await ask(page, "#ask-events", longPrompt);
  await someText(page);
  await page.fill("#prompt", "short");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#status.done");
  assert.ok((await page.textContent("#answer")).startsWith("You asked: “short”."));
  await oneMoreAbandoned(url, before);
  assert.deepEqual(faults, []);
  await page.close();
}

const { example, url } = await startExample(process.argv[2]);
let browser = null;
try {
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    headless: true,
    timeout: 2 * patience,
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
    ],
  });
  const tests = [answersPieceByPiece, stopEndsTheModel, closingThePageEndsTheModel];
  for (const test of tests) {
    for (const button of ["#ask-events", "#ask-fetch"]) {
      await test(browser, url, button);
      console.log(`passed: ${test.name} ${button}`);
    }
  }
  await theNextQuestionTakesThePlace(browser, url);
  console.log("passed: theNextQuestionTakesThePlace");
} finally {
  await browser?.close();
  const ended = once(example, "exit", { signal: AbortSignal.timeout(patience) });
  process.kill(example.pid, "SIGTERM");
  const [status] = await ended;
  assert.equal(status, 0, "the example ends well");
}
