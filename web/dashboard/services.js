// The table of services.

const stateWords = { closed: "Closed", open: "Open", half_open: "Half open", forced_open: "Forced open",
                     forced_closed: "Forced closed", observe: "Observing" };
const worstFirst = ["open", "forced_open", "half_open", "forced_closed", "observe", "closed"];
const waysToLead = { automatic: "Automatic", force_closed: "Force closed", force_open: "Force open", observe: "Observe" };
const allWell = 0, toWatch = 1, inTrouble = 2;

function badgeOf(state) {
  return make("span", { class: `badge ${stateWords[state] ? state : ""}` },
              glyph(stateWords[state] ? state : "watch"), stateWords[state] ?? state);
}

const waitText = (breaker) => (!(breaker.retry_after > 0) ? "" : `retry in ${Math.ceil(breaker.retry_after)} s`);

/** How bad it is with a service, and why, in words. */
function judge(service, worst, figures) {
  const why = [];
  let level = allWell;
  const find = (how, what) => { level = Math.max(level, how); why.push(what); };
  const where = worst?.operation ? ` for ${worst.operation}` : "";
  if (worst?.state === "open") find(inTrouble, [`breaker open${where}`, waitText(worst)].filter(Boolean).join(", "));
  if (worst?.state === "forced_open") find(inTrouble, "breaker forced open: all calls rejected");
  if (worst?.state === "half_open") find(toWatch, `trying whether it is well again${where}`);
  const enough = figures.ended >= 5 && figures.share !== null;
  if (enough && figures.share < 0.99) find(figures.share < 0.9 ? inTrouble : toWatch, `${grouped.format(figures.bad)} of ${grouped.format(figures.ended)} calls failed in the last minute`);
  if (service.budget < 1) find(toWatch, "no retries left");
  if (service.in_flight_limit > 0 && service.in_flight >= 0.8 * service.in_flight_limit) find(toWatch, `in flight near its limit of ${grouped.format(service.in_flight_limit)}`);
  return { level, why: why.join(" · ") };
}

let rows = new Map(); // by the service's name
let changesAllowed = false;

class ServiceRow {
  constructor(name) {
    this.name = name;
    this.history = new History();
    this.most = 10; // the budget when nothing was taken of it, as far as is known
    this.body = byId("service-template").content.firstElementChild.cloneNode(true);
    this.field = {};
    for (const node of this.body.querySelectorAll("[data-f]")) this.field[node.dataset.f] = node;
    [, this.reason, this.detail] = this.body.children;
    putWhole(this.field.name, name);
    this.button = this.body.querySelector("button");
    this.button.addEventListener("click", () => this.toggle());
    this.body.serviceRow = this;
    this.seen = false;
    onScreen.observe(this.body);
  }

  update(service, at) {
    this.service = service;
    this.at = at;
    this.history.add(sampleOf(at, service));
    const figures = this.figures = figuresOf(this.history);
    this.worst = service.breakers.reduce((a, b) => (a && worstFirst.indexOf(a.state) <= worstFirst.indexOf(b.state) ? a : b), null);
    const { level, why } = judge(service, this.worst, figures);
    this.level = level;
    dress(this.body, ["", "watch", "trouble"][level]);
    const field = this.field;
    putWhole(field.reason, why);
    this.reason.hidden = why === "";
    this.showBreaker(service.breakers);
    put(field.calls, rateText(figures.rate));
    put(field.share, shareText(figures.share));
    dress(field.share, figures.share < 0.9 && figures.ended >= 5 ? "failing" : "");
    for (const key of ["p50", "p90", "p99"]) put(field[key], timeText(service.latency_ms?.[key]));
    put(field.retries, rateText(figures.retries));
    dress(field.retries, figures.retries > 0.05 ? "less" : "less quiet");
    this.most = Math.max(service.budget_limit ?? this.most, service.budget);
    dress(field.budget, service.budget < 1 ? "less low" : "less");
    put(field.left, `${grouped.format(Math.floor(service.budget))} of ${grouped.format(Math.floor(this.most))}`);
    const width = `${Math.round((service.budget / this.most) * 100)}%`;
    if (width !== this.width) field.fill.style.width = this.width = width;
    put(field.hits, shareText(figures.hits));
    dress(field.hits, figures.hits > 0 ? "less" : "less quiet");
    put(field.flight, grouped.format(service.in_flight));
    if (this.seen) this.drawLines();
    if (!this.detail.hidden) this.showDetail();
  }

  showBreaker(breakers) {
    const { badge, word, more } = this.field;
    badge.hidden = !this.worst;
    if (!this.worst) return putWhole(more, "–");
    const { state } = this.worst;
    dress(badge, `badge ${stateWords[state] ? state : ""}`);
    redraw(badge.firstElementChild, stateWords[state] ? state : "watch");
    put(word, stateWords[state] ?? state);
    const alike = breakers.filter((each) => each.state === state).length;
    putWhole(more, state !== "closed" && breakers.length > 1 ? `${alike} of ${breakers.length}` : "");
  }

  drawLines() {
    drawLine(this.field.traffic, this.history.points, "rate", this.at);
    drawLine(this.field.latency, this.history.points, "p99", this.at);
  }

  toggle() {
    const opens = this.detail.hidden;
    this.detail.hidden = !opens;
    this.body.toggleAttribute("data-open", opens);
    this.button.setAttribute("aria-expanded", String(opens));
    if (opens) this.showDetail();
  }

  showDetail() {
    if (!this.parts) this.makeDetail();
    const { breakers, choices, totals } = this.parts;
    const { service } = this;
    breakers.replaceChildren(...service.breakers.map((each) => make("li", {}, badgeOf(each.state),
      make("strong", {}, each.operation || "all operations"),
      make("span", { class: "quiet" }, [waitText(each),
        `${plural(each.attempts, "attempt")} in the window: ${grouped.format(each.failures)} failed, ${grouped.format(each.slow)} slow`,
        `opened ${plural(each.opened, "time")}`, `${plural(each.rejected, "call")} rejected`].filter(Boolean).join(" · ")))));
    for (const button of choices.children) {
      button.setAttribute("aria-pressed", String(button.value === service.led));
    }
    choices.parentElement.hidden = !changesAllowed || service.breakers.length === 0;
    const list = (counts) => Object.entries(counts).map(([what, count]) => `${grouped.format(count)} ${what}`).join(" · ");
    const flight = `${grouped.format(service.in_flight)} of at most ${grouped.format(service.in_flight_limit)}`;
    [list(service.calls), list(service.answers), grouped.format(service.retries), flight].forEach((text, i) => put(totals[i], text));
  }

  makeDetail() {
    const breakers = make("ul", { class: "breakers" });
    const choices = make("div", { class: "choices", role: "group", "aria-label": `How the breaker of ${this.name} is led` });
    for (const [how, words] of Object.entries(waysToLead)) {
      const button = make("button", { class: "plain", value: how, "aria-pressed": "false" }, words);
      button.addEventListener("click", () => lead(this.name, how));
      choices.append(button);
    }
    const totals = [1, 2, 3, 4].map(() => make("dd"));
    const sums = make("dl", { class: "pairs" });
    ["Calls", "Answers", "Retries", "In flight"].forEach((what, i) => sums.append(make("dt", {}, what), totals[i]));
    this.parts = { breakers, choices, totals };
    const parts = [["Breakers", breakers], ["Lead the breaker", choices], ["Since the start", sums]];
    this.detail.firstElementChild.append(make("div", { class: "detail-in" },
      ...parts.map(([title, part]) => make("div", {}, make("h3", {}, title), part))));
  }
}

/** Lines are drawn only where someone can see them. */
const onScreen = new IntersectionObserver((changes) => {
  for (const change of changes) {
    const row = change.target.serviceRow;
    row.seen = change.isIntersecting;
    if (row.seen && row.at !== undefined) row.drawLines();
  }
}, { rootMargin: "200px" });

let lastTouch = -Infinity;
for (const what of ["pointermove", "pointerdown", "keydown", "scroll"]) {
  addEventListener(what, () => { lastTouch = performance.now(); }, { passive: true, capture: true });
}

/** In the order of their names, in which service-2 comes before service-10. */
const byName = (some) => some.sort((a, b) => inOrder.compare(a.name, b.name) || (a.name < b.name ? -1 : 1));
const inOrder = new Intl.Collator("en", { numeric: true });

/** The worst first, then by name: a row moves only when it gets better or worse, and never under someone's hands. */
function sortRows() {
  if (performance.now() - lastTouch < 4000) return;
  const order = byName([...rows.values()]).sort((a, b) => b.level - a.level);
  const focused = document.activeElement;
  let place = document.querySelector("#services thead").nextElementSibling;
  for (const row of order) {
    if (row.body === place) place = place.nextElementSibling;
    else place ? place.before(row.body) : document.querySelector("#services table").append(row.body);
  }
  if (document.activeElement !== focused) focused.focus({ preventScroll: true });
}

/** Lets the column of names be as wide as the longest, up to a limit that the style sets. */
function measureNames() {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.font = "600 100px system-ui, sans-serif";
  const widest = Math.max(0, ...[...rows.keys()].map((name) => canvas.measureText(name).width));
  document.querySelector("#services table").style.setProperty("--names", `${(widest / 100 + 0.2).toFixed(2)}rem`);
}

function showServices(services, at) {
  const names = new Set(services.map((service) => service.name));
  let namesChanged = false;
  for (const [name, row] of rows) {
    if (names.has(name)) continue;
    onScreen.unobserve(row.body);
    row.body.remove();
    rows.delete(name);
    namesChanged = true;
  }
  for (const service of services) {
    if (!rows.has(service.name)) {
      const row = new ServiceRow(service.name);
      rows.set(service.name, row);
      namesChanged = true;
      document.querySelector("#services table").append(row.body);
    }
    rows.get(service.name).update(service, at);
  }
  if (namesChanged) measureNames();
  sortRows();
  byId("no-services").hidden = services.length > 0;
  document.querySelector("#services table").hidden = services.length === 0;
}
