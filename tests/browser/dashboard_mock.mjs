// A made-up admin endpoint: services with some traffic, and troubles on demand. Its time passes only when it is told to.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";

const policy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:";
const stateLedBy = { automatic: "closed", force_open: "forced_open", force_closed: "forced_closed", observe: "observe" };

const breaker = (operation, changes = {}) => ({
  operation, state: "closed", attempts: 20, failures: 0, slow: 0, rejected: 0, opened: 0, retry_after: null, ...changes,
});

export class World {
  constructor(services) {
    this.seed = 7;
    this.ids = 0;
    this.uptime = 86_400 * 3 + 4_000;
    this.data = {
      name: "agent-service", version: "0.1.0", began: 1_764_000_000.25, uptime_s: this.uptime, now: 0, changes_allowed: true,
      services: services.map(({ name, operations }) => ({
        name,
        calls: { success: 0, failure: 0, rejected: 0, timeout: 0, cancelled: 0 },
        retries: 0,
        answers: { upstream: 0, fresh: 0, stale: 0, shared: 0 },
        latency_ms: { p50: 0, p90: 0, p99: 0 },
        breakers: (operations ?? [""]).map((operation) => breaker(operation)),
        budget: 10, budget_limit: 10, in_flight: 0, in_flight_limit: 1024, led: "automatic",
      })),
      tenants: [{ tenant: "acme", in_flight: 3, limit: 16 }, { tenant: "initech", in_flight: 2, limit: 16 }],
      recent: { failed: [], slow: [] },
    };
    this.nature = new Map(services.map((each) => [each.name, { rate: 5, failing: 0, p50: 5, hits: 0, ...each }]));
  }

  random() {
    this.seed = (this.seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return this.seed / 2_147_483_648;
  }

  service(name) {
    return this.data.services.find((each) => each.name === name);
  }

  /** Lets time pass. */
  step(seconds = 1) {
    this.uptime += seconds;
    this.data.uptime_s = this.uptime;
    this.data.now = this.data.began + this.uptime;
    for (const service of this.data.services) this.serve(service, seconds);
  }

  serve(service, seconds) {
    const nature = this.nature.get(service.name);
    const wave = 1 + 0.25 * Math.sin(this.uptime / 21 + service.name.length) + 0.3 * (this.random() - 0.5);
    const asked = Math.round(nature.rate * wave * seconds + this.random() - 0.5);
    const rejecting = ["open", "forced_open"].includes(service.breakers[0].state);
    for (let i = 0; i < asked; ++i) {
      if (rejecting) ++service.calls.rejected, ++service.breakers[0].rejected;
      else if (this.random() < nature.failing) ++service.calls.failure, service.retries += 2;
      else this.succeed(service, nature);
    }
    const slower = 1 + 6 * nature.failing;
    for (const [key, times] of [["p50", 1], ["p90", 2.6], ["p99", 7]]) {
      const next = nature.p50 * times * slower * (0.85 + 0.3 * this.random());
      service.latency_ms[key] = service.latency_ms[key] === 0 ? next : 0.6 * service.latency_ms[key] + 0.4 * next;
    }
    service.in_flight = Math.round(asked * service.latency_ms.p50 / 1000);
    service.budget = Math.min(10, Math.max(0, service.budget + seconds + 0.2 * asked - asked * nature.failing * 2));
    service.breakers[0].attempts = Math.min(60 * asked, service.breakers[0].attempts + asked);
    for (const each of service.breakers) {
      if (each.retry_after !== null) each.retry_after = Math.max(0, each.retry_after - seconds);
    }
  }

  succeed(service, nature) {
    ++service.calls.success;
    ++service.answers[this.random() < nature.hits ? "fresh" : "upstream"];
  }

  /** The process begins again: what it counts and the ids of its calls begin anew. */
  restart() {
    this.data.began += this.uptime + 1;
    this.ids = this.uptime = 0;
    for (const service of this.data.services) {
      for (const counts of [service.calls, service.answers]) for (const key of Object.keys(counts)) counts[key] = 0;
      service.retries = 0;
    }
    for (const kind of Object.values(this.data.recent)) kind.length = 0;
  }

  openBreaker(name) {
    const [first] = this.service(name).breakers;
    Object.assign(first, { state: "open", retry_after: 29.4, opened: first.opened + 1 });
  }

  call(kind, changes) {
    const made = {
      id: ++this.ids, at: this.data.began + this.uptime - 75, service: "rag", operation: "rag_search", method: "GET",
      url: "http://rag:8000/find", status: 503, attempts: 3, elapsed_ms: 812.1, code: "SERVICE_UNAVAILABLE",
      message: "no attempt succeeded", tenant: "acme", trace_id: "4bf92f3577b34da6a3ce929d0e0e4736", cached: false,
      breaker: "closed", stream: false,
      trail: [
        { at_ms: 203.2, what: "attempt", why: "1: HTTP 503" }, { at_ms: 203.4, what: "wait", why: "61 ms" },
        { at_ms: 471, what: "attempt", why: "2: HTTP 503" }, { at_ms: 471.1, what: "wait", why: "144 ms" },
        { at_ms: 812, what: "attempt", why: "3: HTTP 503" }, { at_ms: 812.1, what: "stop", why: "no attempts left" },
      ],
      ...changes,
    };
    this.data.recent[kind].unshift(made);
    this.data.recent[kind].length = Math.min(this.data.recent[kind].length, 50);
    return made;
  }
}

/** Serves a world, and the page with it, at http://127.0.0.1:PORT/admin/. */
export class MockEndpoint {
  constructor(world, pageFile, token = "") {
    Object.assign(this, { world, pageFile, token });
    this.streams = new Set();
    this.posted = [];
    this.streaming = true;
    this.server = createServer((request, response) => this.answer(request, response));
  }

  async start() {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    this.url = `http://127.0.0.1:${this.server.address().port}/admin/`;
    return this;
  }

  stop() {
    clearInterval(this.timer);
    this.server.close();
    this.server.closeAllConnections();
  }

  /** Time passes by itself, and is told of. */
  run(milliseconds = 200) {
    this.timer = setInterval(() => this.tick(milliseconds / 1000), milliseconds);
    return this;
  }

  tick(seconds = 1) {
    this.world.step(seconds);
    const event = `event: data\ndata: ${JSON.stringify(this.world.data)}\n\n`;
    for (const stream of this.streams) stream.write(event);
  }

  answer(request, response) {
    const url = new URL(request.url, this.url);
    const path = `${request.method} ${url.pathname}`;
    if (path === "GET /admin/") return this.send(response, 200, "text/html", readFileSync(this.pageFile));
    if (this.token && request.headers.authorization !== `Bearer ${this.token}`) return this.say(response, 401, "no token");
    if (path === "GET /admin/data") return this.send(response, 200, "application/json", JSON.stringify(this.world.data));
    if (path === "GET /admin/events" && this.streaming) return this.stream(response);
    if (path === "POST /admin/breakers") return this.lead(response, url.searchParams);
    return this.say(response, 404, "there is nothing here");
  }

  send(response, status, type, body) {
    response.writeHead(status, { "Content-Type": type, "Content-Security-Policy": policy }).end(body);
  }

  say(response, status, message) {
    this.send(response, status, "application/json", JSON.stringify({ success: false, message }));
  }

  stream(response) {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Content-Security-Policy": policy });
    response.flushHeaders();
    this.streams.add(response);
    response.on("close", () => this.streams.delete(response));
  }

  lead(response, asked) {
    this.posted.push(Object.fromEntries(asked));
    const service = this.world.service(asked.get("service"));
    if (!service) return this.say(response, 404, "no such service");
    service.led = asked.get("how");
    for (const each of service.breakers) Object.assign(each, { state: stateLedBy[asked.get("how")], retry_after: null });
    return this.send(response, 200, "application/json", '{"success":true}');
  }
}
