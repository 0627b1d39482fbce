// The lists of failed and slow calls.

const callsShown = 8;

class CallList {
  constructor(id) {
    this.list = byId(id);
    this.section = this.list.closest("section");
    [this.none, this.foot] = [".none", ".foot"].map((what) => this.section.querySelector(what));
    [this.newer, this.all] = this.foot.children;
    this.items = new Map(); // by the call's id
    this.calls = this.latest = [];
    this.limit = callsShown;
    this.newer.addEventListener("click", () => this.show(this.latest));
    this.all.addEventListener("click", () => {
      this.limit = this.limit === callsShown ? Infinity : callsShown;
      this.show(this.latest);
    });
  }

  /** Stands still while someone reads. */
  get held() {
    return this.list.matches(":hover, :focus-within") || this.list.querySelector("[aria-expanded=true]") !== null;
  }

  /** Those of another run of the process, whose ids begin at 1 as well. */
  forget() {
    for (const item of this.items.values()) item.remove();
    this.items.clear();
    this.calls = this.latest = [];
  }

  update(calls) {
    this.latest = calls;
    if (this.calls.length === 0 || !this.held) return this.show(calls);
    const known = new Set(this.calls.map((call) => call.id));
    this.showFoot(calls.filter((call) => !known.has(call.id)).length);
  }

  show(calls) {
    this.calls = [...calls].sort((a, b) => b.at - a.at);
    const open = (item) => item.firstElementChild.getAttribute("aria-expanded") === "true";
    const wanted = this.calls.slice(0, this.limit).map((call) => call.id);
    for (const call of this.calls.slice(0, this.limit)) {
      if (!this.items.has(call.id)) this.items.set(call.id, callItem(call, `${this.list.id}-${call.id}`));
    }
    // One that is open stays, though it is no longer among the recent ones.
    for (const [id, item] of this.items) {
      if (wanted.includes(id)) continue;
      if (open(item)) wanted.push(id);
      else item.remove(), this.items.delete(id);
    }
    wanted.forEach((id, i) => {
      const item = this.items.get(id);
      if (this.list.children[i] !== item) this.list.insertBefore(item, this.list.children[i] ?? null);
    });
    this.none.hidden = this.items.size > 0;
    this.showFoot(0);
  }

  showFoot(waiting) {
    put(this.newer, `Show ${waiting} newer`);
    this.newer.hidden = waiting === 0;
    put(this.all, this.limit === callsShown ? `Show all ${this.latest.length}` : "Show fewer");
    this.all.hidden = this.latest.length <= callsShown;
    this.foot.hidden = this.newer.hidden && this.all.hidden;
  }
}

function callItem(call, id) {
  const known = [call.status ? `HTTP ${call.status}` : "", call.tenant ? `tenant ${call.tenant}` : ""];
  const gist = call.code ? [call.code, ...known, call.message]
    : [...known, plural(call.attempts, "attempt"), call.cached || "", call.stream ? "stream" : "", call.url];
  const head = make("button", { class: "call-head", "aria-expanded": "false", "aria-controls": id },
    glyph("right"), make("span", { class: "quiet" }, timeOf(call.at)),
    make("span", { class: "what" }, make("span", { class: "service" }, call.service), " ", make("span", {}, call.operation)),
    make("span", {}, timeText(call.elapsed_ms)),
    make("span", { class: "message" }, gist.filter(Boolean).join(" · ")));
  const more = make("div", { class: "call-more", id, hidden: "" });
  head.addEventListener("click", () => {
    if (!more.hasChildNodes()) fillCall(more, call);
    more.hidden = !more.hidden;
    head.setAttribute("aria-expanded", String(!more.hidden));
  });
  return make("li", {}, head, more);
}

function fillCall(more, call) {
  const facts = [
    ["When", `${timeOf(call.at)}, ${agoText(Math.max(0, serverNow - call.at))} ago`], // both by the server's clock
    ["Request", `${call.method} ${call.url}`],
    ["Answer", [call.status ? `HTTP ${call.status}` : "none", call.code, call.stream ? "stream" : ""].filter(Boolean).join(", ")],
    ["Attempts", String(call.attempts)],
    ["Took", timeText(call.elapsed_ms)],
    ["Cache", call.cached || ""],
    ["Breaker", stateWords[call.breaker] ?? call.breaker],
    ["Tenant", call.tenant],
  ];
  const pairs = make("dl", { class: "pairs" });
  for (const [what, is] of facts) if (is) pairs.append(make("dt", {}, what), make("dd", {}, is));
  if (call.trace_id) pairs.append(make("dt", {}, "Trace"), make("dd", {}, traceOf(call.trace_id)));
  if (call.message) more.append(make("p", { class: "whole" }, call.message));
  more.append(pairs);
  if (call.trail.length === 0) return;
  const whole = Math.max(call.elapsed_ms, call.trail.at(-1).at_ms) || 1;
  const line = (at, kind, ...text) => {
    const track = make("span", { class: "track", "aria-hidden": "true" });
    track.style.setProperty("--at", `${Math.min(100, (at / whole) * 100)}%`);
    return make("li", { class: kind }, make("span", { class: "offset" }, timeText(at)), track, make("span", { class: "text" }, ...text));
  };
  more.append(make("h3", { class: "trail-title" }, "What happened"), make("ol", { class: "trail" },
    ...call.trail.map(({ at_ms, what, why }) => line(at_ms, "", make("strong", {}, what), " ", why)),
    line(call.elapsed_ms, "end", make("strong", {}, "over"))));
}

function traceOf(id) {
  const text = make("code", {}, id);
  const copy = make("button", { class: "plain", "aria-label": "Copy the trace id" }, "Copy");
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(id); // only where the page came by https or from this machine
      announce("Trace id copied");
    } catch {
      getSelection().selectAllChildren(text);
      announce("Trace id selected: copy it with the keyboard");
    }
  });
  return make("span", { class: "trace" }, text, copy);
}
