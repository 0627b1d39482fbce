// Elements, and how numbers and times are written.

const byId = (id) => document.getElementById(id);
const sleep = (milliseconds) => new Promise((over) => setTimeout(over, milliseconds));
const clockTime = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const timeOf = (seconds) => clockTime.format(seconds * 1000);
const grouped = new Intl.NumberFormat("en");

/** An element; strings among the children become text, never markup. */
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Says a text; leaves the node alone when it says that already. */
function put(node, text) {
  if (node.said === text) return;
  node.said = text;
  node.textContent = text;
}

/** The same for a text of which there may be no room to show all. */
function putWhole(node, text) {
  if (node.said !== text) node.title = text;
  put(node, text);
}

function dress(node, name) {
  if (node.dressed === name) return;
  node.dressed = name;
  node.className = name;
}

function glyph(name) {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawn.setAttribute("class", "glyph");
  drawn.setAttribute("aria-hidden", "true");
  drawn.append(document.createElementNS("http://www.w3.org/2000/svg", "use"));
  return redraw(drawn, name);
}

function redraw(drawn, name) {
  if (drawn.drawn !== name) drawn.firstElementChild.setAttribute("href", "#g-" + name);
  drawn.drawn = name;
  return drawn;
}

const plural = (count, one, many = one + "s") => `${grouped.format(count)} ${count === 1 ? one : many}`;

function rateText(rate) {
  if (rate === null) return "–";
  return rate < 9.95 ? rate.toFixed(1) : grouped.format(Math.round(rate));
}

/** Never rounds up to all. */
function shareText(share) {
  if (share === null) return "–";
  if (share === 0 || share === 1) return `${share * 100}%`;
  return share >= 0.99 ? `${(Math.floor(share * 10000) / 100).toFixed(2)}%` : `${(Math.floor(share * 1000) / 10).toFixed(1)}%`;
}

function timeText(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return "–";
  if (milliseconds < 9.95) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  return milliseconds < 99950 ? `${(milliseconds / 1000).toFixed(1)} s` : `${grouped.format(Math.round(milliseconds / 1000))} s`;
}

function agoText(seconds) {
  const [days, hours, minutes] = [seconds / 86400, (seconds / 3600) % 24, (seconds / 60) % 60].map(Math.floor);
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min` : `${Math.floor(seconds)} s`;
}

let newsOver = 0;
/** Something that was asked for from here has come about, or not. */
function announce(text) {
  clearTimeout(newsOver);
  byId("news").textContent = text;
  newsOver = setTimeout(() => { byId("news").textContent = ""; }, 8000);
}
