// How all services together are, and the tenants near their limit.

let everything = new History();

function showWhole(services, at) {
  const sum = { at, calls: 0, ended: 0, good: 0, retries: 0, answers: 0, hits: 0, p99: null };
  let inFlight = 0;
  for (const service of services) {
    const sample = sampleOf(at, service);
    for (const key of counted) sum[key] += sample[key];
    inFlight += service.in_flight;
  }
  everything.add(sum);
  const figures = figuresOf(everything);
  put(byId("all-calls"), rateText(figures.rate));
  put(byId("all-share"), shareText(figures.share));
  put(byId("all-retries"), rateText(figures.retries));
  put(byId("all-hits"), shareText(figures.hits));
  put(byId("all-flight"), grouped.format(inFlight));
  drawLine(byId("all-spark"), everything.points, "rate", at);
}

let appName = "enlace";

function showHealth(tenants) {
  const trouble = [...rows.values()].filter((row) => row.level === inTrouble);
  const watched = [...rows.values()].filter((row) => row.level === toWatch);
  if (trouble.length > 0) say("bad", "open", `${plural(trouble.length, "service")} in trouble`, trouble);
  else if (watched.length > 0) say("watch", "watch", `${plural(watched.length, "service")} to watch`, watched);
  else if (tenants.length > 0) say("watch", "watch", `${plural(tenants.length, "tenant")} near the limit`);
  else say("", "closed", rows.size > 0 ? "All is well" : "Nothing called yet");
}

/** Says how it is, and names two of those with whom it is so. The names give way when there is no room. */
function say(how, shape, sentence, some = []) {
  const names = byName(some).map((row) => row.name);
  const rest = names.length > 2 ? ` and ${grouped.format(names.length - 2)} more` : "";
  const parts = [names.length > 0 ? `${sentence}: ` : sentence, names.slice(0, 2).join(", "), rest];
  const health = byId("health"), [count, list] = health.lastElementChild.children;
  dress(health, how);
  redraw(health.firstElementChild, shape);
  [count, ...list.children].forEach((node, i) => put(node, parts[i]));
  list.hidden = names.length === 0;
  const all = names.join(", ");
  if (health.title !== all) health.title = all;
  const title = `${how === "bad" ? "⛔ " : how === "watch" ? "⚠ " : ""}${parts.join("")} – ${appName}`;
  if (document.title !== title) document.title = title;
}

function showTenants(near) {
  byId("tenants").hidden = near.length === 0;
  byId("tenant-list").replaceChildren(...near.map(({ tenant, in_flight, limit }) => {
    const fill = make("span");
    fill.style.width = `${Math.min(100, (in_flight / limit) * 100)}%`;
    return make("li", { class: "low" }, make("span", { class: "name" }, tenant || "(none)"),
                make("span", { class: "bar", "aria-hidden": "true" }, fill),
                make("span", {}, `${grouped.format(in_flight)} of ${grouped.format(limit)}`));
  }));
}
