// What is asked of the page that hangs on a wall: that all of it is seen, and that nothing jumps about.
import assert from "node:assert/strict";

const long = "a-service-with-a-rather-long-name.of.some.namespace.of.a-cluster";
const lettered = (count) => Array.from({ length: count }, (_, i) => ({ name: `service-${i + 1}`, rate: 10 + 7 * ((3 * i) % count) }));

/** How many lines of text it is high. */
const linesOf = (locator) => locator.evaluate((node) => {
  const { lineHeight, paddingTop, paddingBottom } = getComputedStyle(node);
  const inner = node.getBoundingClientRect().height - parseFloat(paddingTop) - parseFloat(paddingBottom);
  return Math.round(inner / parseFloat(lineHeight));
});

export const wallTests = ({ withPage, says, body, until, patience }) => {
  const names = (page) => page.locator("#services [data-f=name]").allTextContents();

  /** With names of which some are too long, and a reason that is. */
  const tenInTroubleFitAScreen = (browser) => {
    const some = [...lettered(8), { name: "127.0.0.1:45769", operations: [`search_${"x".repeat(220)}`, ""] }, { name: long }];
    return withPage(browser, some, { viewport: { width: 1400, height: 900 } }, async (page, endpoint, world) => {
      for (const { name } of some) world.openBreaker(name);
      await says(page, "#health.bad", "10 services in trouble: 127.0.0.1:45769");
      assert.match(await page.textContent("#health"), /^10 services in trouble: 127.0.0.1:45769, a-service-\S+ and 8 more$/);
      assert.ok((await linesOf(page.locator("#health .sentence"))) <= 2, "the banner has two lines at most");
      for (const { name } of some) {
        const [shown, why] = [body(page, name).locator("[data-f=name]"), body(page, name).locator("[data-f=reason]")];
        assert.equal(await linesOf(shown), 1, `${name} is on one line`);
        assert.equal(await shown.getAttribute("title"), name);
        assert.equal(await linesOf(why), 1, `why ${name} is in trouble is on one line`);
        const [title, text] = await why.evaluate((node) => [node.title, node.textContent]); // at once: it goes on changing
        assert.equal(title, text);
      }
      const fits = (name) => body(page, name).locator("[data-f=name]").evaluate((node) => node.scrollWidth <= node.clientWidth);
      assert.deepEqual([await fits("127.0.0.1:45769"), await fits(long)], [true, false], "the column has a limit");
      const { y, height } = await page.locator("#services tbody").last().boundingBox();
      console.log(`  ten in trouble end at ${Math.round(y + height)} px`);
      assert.ok(y + height <= 900, `${y + height}`);
      await page.setViewportSize({ width: 400, height: 800 });
      assert.ok((await linesOf(page.locator("#health .sentence"))) <= 2, "nor has it more on a phone");
      await says(page, "#health .names", "and 8 more");
    });
  };

  const isLoudWhenNothingIsHeard = (browser) =>
    withPage(browser, lettered(2), { mayFail: ["404", "ERR_", "Failed to load"] }, async (page, endpoint) => {
      await says(page, "#health", "All is well");
      const looks = (what) => page.locator(what).evaluate((node) => getComputedStyle(node).backgroundColor);
      const opacity = () => page.locator(".figures").evaluate((node) => getComputedStyle(node).opacity);
      assert.equal(await opacity(), "1");
      endpoint.stop();
      await says(page, "#health.bad", "Nothing heard since");
      await says(page, "#connection.bad", "Stale since");
      assert.match(await page.title(), /^⛔ Nothing heard since/);
      assert.equal(await looks("#health"), "rgb(192, 44, 56)", "as loud as a service in trouble");
      assert.equal(await looks("#connection"), "rgb(192, 44, 56)");
      assert.ok(Number(await opacity()) < 0.6, "its figures are of the past");
      const above = await page.locator("#health").evaluate((node) => getComputedStyle(node.closest("section")).filter);
      assert.equal(above, "none", "and nothing takes its colour");
    });

  const keepsItsOrder = (browser) =>
    withPage(browser, lettered(11), { still: true }, async (page, endpoint, world) => {
      const inOrder = Array.from({ length: 11 }, (_, i) => `service-${i + 1}`);
      const after = async (seconds) => {
        for (let i = 0; i < seconds; ++i) endpoint.tick();
        await page.waitForFunction((wanted) => lastUptime >= wanted, world.uptime, { polling: 50 });
        return names(page);
      };
      await says(page, "#connection", "Live");
      assert.deepEqual(await after(5), inOrder);
      for (const nature of world.nature.values()) nature.rate = 90 - nature.rate; // the busy ones are others
      assert.deepEqual(await after(40), inOrder, "however much they are called");
      world.service("service-7").breakers[0].state = "half_open";
      world.openBreaker("service-10");
      const worse = ["service-10", "service-7", ...inOrder.filter((name) => !["service-7", "service-10"].includes(name))];
      assert.deepEqual(await after(2), worse, "those that got worse are above");
      assert.deepEqual(await after(20), worse);
      Object.assign(world.service("service-7").breakers[0], { state: "closed" });
      await after(1);
      await until(async () => (await names(page))[1] === "service-1", patience, "it is well again, and where it was");
    });

  return { tenInTroubleFitAScreen, isLoudWhenNothingIsHeard, keepsItsOrder };
};
