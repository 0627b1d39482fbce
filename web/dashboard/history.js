// What came before: rates, shares and lines of what only grows.

const counted = ["calls", "ended", "good", "retries", "answers", "hits"];
const rateSeconds = 5, shareSeconds = 60, lineSeconds = 150;

/** The last minutes of something that is counted. */
class History {
  constructor() {
    this.samples = [];
    this.points = []; // of the lines
  }

  add(sample) {
    if (this.samples.length > 0 && sample.calls < this.samples.at(-1).calls) this.samples = [], this.points = [];
    this.samples.push(sample);
    while (sample.at - this.samples[0].at > shareSeconds + 1) this.samples.shift();
    const last = this.points.at(-1);
    if (last && sample.at - last.at < 1.9) return;
    const rate = last ? (sample.calls - last.calls) / (sample.at - last.at) : null;
    this.points.push({ at: sample.at, calls: sample.calls, rate, p99: sample.p99 });
    while (sample.at - this.points[0].at > lineSeconds + 2) this.points.shift();
  }

  /** What was counted in the last seconds, and in how many; null when there is nothing to compare with. */
  over(seconds) {
    const last = this.samples.at(-1);
    const then = this.samples.find((sample) => last.at - sample.at <= seconds + 0.25);
    if (then === last) return null;
    const grown = { seconds: last.at - then.at };
    for (const key of counted) grown[key] = last[key] - then[key];
    return grown;
  }
}

/** Rates and shares of a history, as the page shows them. */
function figuresOf(history) {
  const now = history.over(rateSeconds), minute = history.over(shareSeconds);
  return {
    rate: now && now.calls / now.seconds,
    retries: now && now.retries / now.seconds,
    ended: minute ? minute.ended : 0,
    bad: minute ? minute.ended - minute.good : 0,
    share: minute && minute.ended > 0 ? minute.good / minute.ended : null,
    hits: minute && minute.answers > 0 ? minute.hits / minute.answers : null,
  };
}

function sampleOf(at, service) {
  const { success, failure, rejected, timeout, cancelled, client_error = 0 } = service.calls;
  const { upstream, fresh, stale, shared } = service.answers;
  // Where the request was wrong, the service has done its part.
  const good = success + client_error;
  const ended = good + failure + rejected + timeout, hits = fresh + stale + shared;
  return { at, calls: ended + cancelled, ended, good, retries: service.retries, answers: upstream + hits, hits,
           p99: service.latency_ms?.p99 ?? null };
}

/** Draws one key of the points; the right edge is now. */
function drawLine(svg, points, key, now) {
  let top = 0;
  for (const point of points) if (point[key] > top) top = point[key];
  let line = "", begun = 0, x = 0;
  for (const point of points) {
    if (point[key] === null) continue;
    x = Math.round(600 - ((now - point.at) / lineSeconds) * 600);
    if (line === "") begun = x;
    line += `${line === "" ? "M" : "L"}${x} ${top > 0 ? Math.round(97 - (point[key] / top) * 85) : 97}`;
  }
  const [area, stroke] = svg.children;
  stroke.setAttribute("d", line);
  area.setAttribute("d", line === "" ? "" : `${line}V100H${begun}Z`);
}
