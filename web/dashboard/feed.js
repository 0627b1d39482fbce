// What comes in, and whether it still does.

const failedCalls = new CallList("failed"), slowCalls = new CallList("slow");
let lastUptime = -Infinity, lastBegan = null, serverNow = 0;

/** Shows what came. Its clock is the uptime of the process, which is another one when it began at another time. */
function take(data) {
  heard = Date.now();
  if (data.began !== lastBegan) forget(data.began);
  if (data.uptime_s <= lastUptime) return; // an answer that was overtaken
  lastUptime = data.uptime_s;
  serverNow = data.now;
  appName = data.name;
  changesAllowed = data.changes_allowed;
  put(byId("name"), data.name);
  const version = data.version && data.version !== "0" ? `version ${data.version} · ` : "";
  put(byId("about"), `${version}up ${agoText(data.uptime_s)}`);
  showServices(data.services, data.uptime_s);
  showWhole(data.services, data.uptime_s);
  const near = data.tenants.filter(({ in_flight, limit }) => limit > 0 && in_flight >= 0.8 * limit)
    .sort((a, b) => b.in_flight / b.limit - a.in_flight / a.limit);
  showTenants(near);
  showHealth(near);
  failedCalls.update(data.recent.failed);
  slowCalls.update(data.recent.slow);
  showConnection();
}

function forget(began) {
  lastBegan = began;
  lastUptime = -Infinity;
  for (const list of [failedCalls, slowCalls]) list.forget();
  everything = new History();
  for (const row of rows.values()) row.history = new History();
}

const connections = { // class, shape, words
  connecting: ["", "half_open", "Connecting"],
  live: ["", "live", "Live"],
  polling: ["watch", "half_open", "No event stream: asking every 2 s"],
  silent: ["bad", "silent", "No answer: asking every 2 s"],
  token: ["watch", "watch", "A token is needed"],
};
let heard = 0, connection = "connecting", endStream = () => {};

function showConnection() {
  const stale = heard > 0 && connection !== "token" && Date.now() - heard > 5000;
  document.body.classList.toggle("stale", stale);
  const since = stale && timeOf(heard / 1000);
  const [how, shape, words] = stale ? ["bad", "silent", `Stale since ${since}`] : connections[connection];
  dress(byId("connection"), how);
  redraw(byId("connection").firstElementChild, shape);
  put(byId("connection").lastElementChild, words);
  if (stale) say("bad", "silent", `Nothing heard since ${since}`);
  else if (connection === "silent") say("bad", "silent", "No answer from this process");
  if (Date.now() - heard > 10000) endStream();
}

function connect(how) {
  connection = how;
  document.body.classList.toggle("locked", how === "token");
  showConnection();
}

const headers = () => {
  const token = sessionStorage.getItem("enlace-token");
  return token ? { Authorization: `Bearer ${token}` } : {};
};

const ask = (what, options = {}) =>
  fetch(what, { headers: headers(), cache: "no-store", signal: AbortSignal.timeout(5000), ...options });

/** Asks for the data once; whether it came. */
async function poll() {
  try {
    let response = await ask("data");
    while (response.status === 401) {
      await askForToken();
      response = await ask("data");
    }
    if (!response.ok) return false;
    take(await response.json());
    return true;
  } catch {
    return false;
  }
}

/** Both end when the stream does. */
const listen = () => (sessionStorage.getItem("enlace-token") ? readStream() : listenToEvents());

function listenToEvents() {
  return new Promise((over) => {
    const source = new EventSource("events");
    endStream = () => { source.close(); over(); };
    source.addEventListener("open", () => connect("live"));
    source.addEventListener("data", (event) => take(JSON.parse(event.data)));
    source.addEventListener("error", () => endStream());
  });
}

/** The same with a header, which EventSource can't send. */
async function readStream() {
  const abort = new AbortController();
  endStream = () => abort.abort();
  try {
    const response = await ask("events", { signal: abort.signal });
    if (!response.ok) return;
    connect("live");
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "", name = "", data = [];
    for (let got = await reader.read(); !got.done; got = await reader.read()) {
      const lines = (rest + got.value).split("\n");
      rest = lines.pop();
      for (const each of lines) {
        const line = each.replace(/\r$/, "");
        if (line.startsWith("event:")) name = line.slice(6).trim();
        else if (line.startsWith("data:")) data.push(line.slice(5));
        else if (line === "") {
          if (name === "data") take(JSON.parse(data.join("\n")));
          name = "", data = [];
        }
      }
    }
  } catch {
    abort.abort(); // it broke off, or was given up
  }
}

async function follow() {
  for (;;) {
    if (await poll()) await listen();
    endStream = () => {};
    for (let i = 0; i < 5; ++i) {
      connect(heard > 0 ? "polling" : "silent");
      await sleep(2000);
      await poll();
    }
  }
}
