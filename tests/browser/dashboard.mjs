// The page of web/dashboard in headless Chromium, against an endpoint that is made up (dashboard_mock.mjs). Waits for
// conditions, each with a deadline.
// Usage: node dashboard.mjs PAGE [ADMIN_URL | PROGRAM]
// With the address of a real endpoint only what can be seen there: a breaker that opens within twenty seconds, and is
// forced closed from the page. ADMIN_TOKEN in the environment is its token, if it wants one. PROGRAM is failing_service.cpp:
// it is started, and does what it is told.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { MockEndpoint, World } from "./dashboard_mock.mjs";
import { wallTests } from "./dashboard_wall.mjs";

const patience = 30_000; // milliseconds, for what takes some tens on an idle machine
const atOnce = 2000; // for a breaker that opens: a promise of the page
const [pageFile, real] = process.argv.slice(2);

const someServices = () => [
  { name: "llm", rate: 4, p50: 800, operations: ["llm_generate", ""] }, { name: "rag", rate: 20, p50: 40, hits: 0.4 },
  { name: "users", rate: 50, p50: 4, hits: 0.9 },
];

async function until(condition, milliseconds, what) {
  const last = Date.now() + milliseconds;
  while (!(await condition())) {
    assert.ok(Date.now() < last, `not within ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function open(browser, url, options = {}) {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(patience);
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && faults.push(message.text()));
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(url);
  return { page, faults, asked };
}

async function says(page, selector, text, milliseconds = patience) {
  const found = page.locator(selector);
  try {
    await found.filter({ hasText: text, visible: true }).first().waitFor({ timeout: milliseconds });
  } catch {
    assert.fail(`not within ${milliseconds} ms: ${selector} says ${text}, but ${await found.allTextContents()}`);
  }
}

const body = (page, service) =>
  page.locator("#services tbody").filter({ has: page.locator(`[data-f=name]:text-is("${service}")`) });

const word = (page, service) => body(page, service).locator("[data-f=word]");

/** Runs a test against a made-up endpoint with a page on it; the page must have nothing to complain of. */
async function withPage(browser, services, options, test) {
  const world = new World(services);
  world.step();
  const endpoint = await new MockEndpoint(world, pageFile, options.token).start();
  try {
    const { page, faults } = await open(browser, endpoint.url, options);
    await test(page, options.still ? endpoint : endpoint.run(), world);
    const complaints = faults.filter((fault) => !(options.mayFail ?? []).some((known) => fault.includes(known)));
    assert.deepEqual(complaints, []);
    await page.close();
  } finally {
    endpoint.stop();
  }
}

const showsTheServices = (browser) =>
  withPage(browser, someServices(), {}, async (page) => {
    await says(page, "#connection", "Live");
    await says(page, "#health", "All is well");
    assert.equal(await page.textContent("h1"), "agent-service");
    const row = body(page, "users");
    await until(async () => Number(await row.locator("[data-f=calls]").textContent()) > 10, patience, "calls a second");
    assert.equal(await row.locator("[data-f=share]").textContent(), "100%");
    assert.match(await row.locator("[data-f=p99]").textContent(), /ms$/);
    await until(async () => /^M.*L/.test(await row.locator("[data-f=traffic] path").last().getAttribute("d")), patience,
                "a line");
    assert.equal(await page.locator("#services tbody").count(), 3);
    assert.ok(await page.isHidden("#tenants"));
  });

/** `endpoint` knows the truth: `opens()` resolves when a breaker is open, `state(service)` says what it is now. */
async function opensAndIsForcedClosed(page, endpoint) {
  const service = await endpoint.opens();
  const began = Date.now();
  await until(async () => (await word(page, service).textContent()) === "Open", atOnce, "the page shows it open");
  console.log(`  shown open after ${Date.now() - began} ms`);
  await says(page, "#health.bad", service);
  await body(page, service).locator(".open-row").click();
  await body(page, service).getByRole("button", { name: "Force closed" }).click();
  await says(page, "#news", `Breaker of ${service}: force closed`);
  await until(async () => (await endpoint.state(service)) === "forced_closed", patience, "it is forced closed");
  await until(async () => (await word(page, service).textContent()) === "Forced closed", patience, "the page says so");
}

const followsABreaker = (browser) =>
  withPage(browser, someServices(), {}, async (page, endpoint, world) => {
    await says(page, "#connection", "Live");
    await opensAndIsForcedClosed(page, {
      opens: async () => (world.openBreaker("rag"), "rag"),
      state: (service) => world.service(service).breakers[0].state,
    });
    assert.deepEqual(endpoint.posted, [{ service: "rag", how: "force_closed" }]);
    // Forcing it open is asked twice.
    const rag = body(page, "rag");
    for (const answer of ["Leave it as it is", "Force open"]) {
      await rag.getByRole("button", { name: "Force open" }).click();
      await page.getByRole("dialog").getByRole("button", { name: answer }).click();
    }
    await until(async () => (await word(page, "rag").textContent()) === "Forced open", patience, "it is forced open");
    assert.deepEqual(endpoint.posted.slice(1), [{ service: "rag", how: "force_open" }]);
    await says(page, "#services tbody:first-of-type .open-row", "rag");
    world.data.changes_allowed = false;
    await rag.getByRole("button", { name: "Automatic" }).waitFor({ state: "hidden" });
    // How it is led is said for itself: the state of a breaker need not tell.
    world.data.changes_allowed = true;
    world.service("rag").led = "observe";
    await rag.getByRole("button", { name: "Observe", pressed: true }).waitFor();
  });

/** What `then` does, at the page of a real endpoint when a breaker has been forced closed, is up to its caller. */
async function followsARealBreaker(browser, url, first = async () => {}, then = async () => {}) {
  const { page, faults, asked } = await open(browser, url);
  const token = process.env.ADMIN_TOKEN;
  if (token) {
    await page.fill("#token", token);
    await page.keyboard.press("Enter");
  }
  await says(page, "#connection", "Live");
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const services = async () => (await (await fetch(new URL("data", url), { headers })).json()).services;
  const isOpen = (service) => service.breakers.some((breaker) => breaker.state === "open");
  await opensAndIsForcedClosed(page, {
    opens: async () => {
      await first();
      let found;
      await until(async () => (found = (await services()).find(isOpen)) !== undefined, patience, "a breaker opens");
      return found.name;
    },
    state: async (service) => (await services()).find((each) => each.name === service).breakers[0].state,
  });
  await then(page);
  assert.deepEqual(faults.filter((fault) => !fault.includes("401")), []);
  const elsewhere = asked.filter((each) => !each.startsWith("data:") && new URL(each).origin !== new URL(url).origin);
  assert.deepEqual(elsewhere, [], "nothing comes from anywhere else");
  assert.ok(asked.some((each) => each.endsWith("/events")), `${asked}`);
  await page.close();
}

/** The program makes a breaker open when it is told to, so that the page has its two seconds from there. */
async function leadsTheBreakerOfAProgram(browser, program) {
  const running = spawn(program, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(running, "exit");
  try {
    const [line] = await once(createInterface({ input: running.stdout }), "line", { signal: AbortSignal.timeout(patience) });
    const [url, service] = line.split(" ");
    const tell = async (what) => assert.ok((await fetch(`${service}/${what}`, { method: "POST" })).ok);
    await followsARealBreaker(browser, url, () => tell("fail"), async (page) => {
      const row = body(page, "fragile");
      await row.getByRole("button", { name: "Force closed", pressed: true }).waitFor();
      await until(async () => (await page.locator("#failed > li").count()) > 0, patience, "failed calls");
      await tell("work");
      await row.getByRole("button", { name: "Automatic" }).click();
      await until(async () => (await word(page, "fragile").textContent()) === "Closed", patience, "it decides by itself");
      await row.getByRole("button", { name: "Automatic", pressed: true }).waitFor();
    });
  } finally {
    process.kill(running.pid, "SIGTERM");
    const [status] = await ended;
    assert.equal(status, 0, "the program ends well");
  }
}

const tellsOfACallByKeyboard = (browser) =>
  withPage(browser, someServices(), {}, async (page, endpoint, world) => {
    const markup = "<b>no</b><img src=x onerror=alert(1)>";
    world.call("failed", { message: markup, tenant: "<i>acme</i>" });
    await says(page, "#failed .call-head", "rag_search");
    const head = page.locator("#failed .call-head").first();
    // From the last service on, Tab leads to the calls.
    await page.locator("#services .open-row").last().focus();
    await page.keyboard.press("Tab");
    assert.equal(await head.evaluate((node) => node === document.activeElement), true);
    assert.notEqual(await head.evaluate((node) => getComputedStyle(node).outlineStyle), "none", "one sees where one is");
    await page.keyboard.press("Enter");
    assert.equal(await head.getAttribute("aria-expanded"), "true");
    const steps = await page.locator("#failed .trail li").allTextContents();
    assert.equal(steps.length, 7, steps.join("; "));
    assert.match(steps[0], /^203 msattempt 1: HTTP 503$/);
    assert.equal(await page.textContent("#failed .whole"), markup);
    assert.equal(await page.locator("#failed :is(b, i, img)").count(), 0, "no element comes of a message");
    // What is being read stays where it is.
    world.call("failed", { message: "another" });
    await page.getByRole("button", { name: "Show 1 newer" }).click();
    await until(async () => (await page.locator("#failed > li").count()) === 2, patience, "the newer call");
    assert.ok(await page.locator("#failed .trail").isVisible());
    await page.keyboard.press("Tab");
  });

/** Though the new process has been up for longer than the old one was when the page heard of it last. */
const noticesARestart = (browser) =>
  withPage(browser, someServices(), {}, async (page, endpoint, world) => {
    world.uptime = 10;
    world.data.began -= 1; // the first that it hears of
    world.call("failed", { message: "of the old one" });
    await says(page, "#failed .message", "of the old one");
    await page.locator("#failed .call-head").first().click();
    await says(page, "#failed .call-more", "1 min ago");
    clearInterval(endpoint.timer);
    world.restart();
    world.uptime = 60;
    world.call("failed", { message: "of the new one" });
    endpoint.run();
    await says(page, "#failed .message", "of the new one");
    assert.equal(await page.locator("#failed > li").count(), 1, "nothing is left of the old one");
    await says(page, "#about", "up 1 min");
  });

const fitsAPhone = (browser) =>
  withPage(browser, [...someServices(), { name: "a-service-with-a-rather-long-name.of.some.namespace" }],
           { viewport: { width: 390, height: 844 } }, async (page, endpoint, world) => {
    world.openBreaker("rag");
    world.data.tenants[0].in_flight = 16;
    world.call("failed", { message: "x".repeat(300), url: `http://rag:8000/${"y".repeat(300)}` });
    await says(page, "#health", "1 service in trouble: rag");
    await says(page, "#tenant-list", "16 of 16");
    await page.locator("#services .open-row").first().click();
    await page.locator("#failed .call-head").first().click();
    const [wide, wanted] = await page.evaluate(() => [document.documentElement.clientWidth, document.documentElement.scrollWidth]);
    assert.ok(wanted <= wide, `${wanted} > ${wide}`);
    const cut = await page.evaluate(() => [...document.querySelectorAll("main *")]
      .filter((node) => node.checkVisibility() && node.getBoundingClientRect().right > innerWidth + 1 &&
                        !node.closest(".call-head, .unseen, thead")).map((node) => node.outerHTML.slice(0, 80)));
    assert.deepEqual(cut, [], "nothing reaches out of it");
  });

/** The contrast of an element's text with the nearest background that is none through which one sees. */
const contrastOf = (locator) => locator.evaluate((element) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const luminance = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const parts = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => part / 255);
    const [red, green, blue] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return { light: 0.2126 * red + 0.7152 * green + 0.0722 * blue, alpha: parts[3] };
  };
  let behind = element;
  while (luminance(getComputedStyle(behind).backgroundColor).alpha < 1) behind = behind.parentElement;
  const [high, low] = [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor]
    .map((color) => luminance(color).light).sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
});

const isReadable = (browser, colorScheme) =>
  withPage(browser, someServices(), { colorScheme }, async (page, endpoint, world) => {
    world.openBreaker("rag");
    world.service("llm").breakers[0].state = "half_open";
    world.service("users").breakers[0].state = "forced_closed";
    world.call("failed", {});
    await says(page, "#failed .call-head", "rag_search");
    await says(page, "#health", "in trouble");
    const back = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(back, colorScheme === "dark" ? "rgb(15, 19, 27)" : "rgb(243, 245, 250)");
    for (const what of ["h1", "#about", "#connection", "#health span", "#all-calls", ".figures dt", "thead th",
                        ".trouble .open-row", ".trouble [data-f=share]", ".trouble .reason td", ".trouble .badge",
                        ".watch .more", ".trouble .quiet", ".badge.half_open", ".badge.forced_closed",
                        ".watch .reason td", "#failed .service", "#failed .message", ".none"]) {
      const found = page.locator(what).filter({ visible: true });
      if (what.includes("quiet") && (await found.count()) === 0) continue; // depends on the traffic
      const contrast = await contrastOf(found.first());
      assert.ok(contrast >= 4.5, `${what}: ${contrast.toFixed(2)}`);
    }
  });

/** What two hundred services cost, by the browser's own account of the processor time in scripts. */
const isQuickWithManyServices = (browser) =>
  withPage(browser, Array.from({ length: 200 }, (_, i) => ({ name: `service-${i}`, rate: 1 + (i % 40) })), { still: true },
           async (page, endpoint, world) => {
    await says(page, "#connection", "Live");
    const measure = await page.context().newCDPSession(page);
    await measure.send("Performance.enable", { timeDomain: "threadTicks" });
    const inScripts = async () => {
      const { metrics } = await measure.send("Performance.getMetrics");
      return 1000 * metrics.find((metric) => metric.name === "ScriptDuration").value;
    };
    const shown = (uptime) => page.waitForFunction((wanted) => lastUptime >= wanted, uptime, { polling: 50 });
    for (let i = 0; i < 160; ++i) endpoint.tick(); // its lines are at their longest
    await shown(world.uptime);
    const took = [];
    for (let i = 0; i < 9; ++i) {
      const before = await inScripts();
      endpoint.tick();
      await shown(world.uptime);
      took.push((await inScripts()) - before);
    }
    took.sort((a, b) => a - b);
    console.log(`  an update of 200 services: ${took[4].toFixed(1)} ms (${took[0].toFixed(1)} to ${took[8].toFixed(1)})`);
    assert.ok(took[4] > 0 && took[4] < 50, `${took}`);
  });

const asksForAToken = (browser) =>
  withPage(browser, someServices(), { token: "s3cret", mayFail: ["401"] }, async (page, endpoint, world) => {
    await says(page, "#token-form", "asks for a token");
    await page.fill("#token", "wrong");
    await page.keyboard.press("Enter");
    await says(page, "#token-note", "refused");
    assert.equal(await page.evaluate(() => document.activeElement.id), "token");
    await page.fill("#token", "s3cret");
    await page.keyboard.press("Enter");
    await says(page, "#connection", "Live");
    assert.ok(await page.isHidden("#token-form"));
    world.openBreaker("rag");
    await says(page, "#health", "1 service in trouble: rag");
    await body(page, "rag").locator(".open-row").click();
    await body(page, "rag").getByRole("button", { name: "Observe" }).click();
    await until(() => endpoint.posted.length === 1, patience, "it is posted, with the token");
  });

const goesOnWithoutEvents = (browser) =>
  withPage(browser, someServices(), { mayFail: ["404", "ERR_", "Failed to load"] }, async (page, endpoint, world) => {
    await says(page, "#connection", "Live");
    endpoint.streaming = false;
    for (const stream of endpoint.streams) stream.destroy();
    await says(page, "#connection", "asking every 2 s");
    world.openBreaker("rag");
    await says(page, "#health", "1 service in trouble: rag");
    endpoint.streaming = true;
    await says(page, "#connection", "Live");
    clearInterval(endpoint.timer);
    await says(page, "#connection", "Stale since");
    await says(page, "#health", "Nothing heard since");
  });

const tests = {
  showsTheServices, followsABreaker, tellsOfACallByKeyboard, noticesARestart, fitsAPhone,
  isReadableInTheLight: (browser) => isReadable(browser, "light"),
  isReadableInTheDark: (browser) => isReadable(browser, "dark"),
  isQuickWithManyServices, asksForAToken, goesOnWithoutEvents,
  ...wallTests({ withPage, says, body, until, patience }),
};

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  headless: true,
  timeout: 2 * patience,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
});
try {
  const chosen = !real ? tests : real.startsWith("http") ? { followsARealBreaker } : { leadsTheBreakerOfAProgram };
  for (const [name, test] of Object.entries(chosen)) {
    await test(browser, real);
    console.log(`passed: ${name}`);
  }
} finally {
  await browser.close();
}
