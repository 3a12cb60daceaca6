// The log: a line for each message or event. It stays at its end, unless somebody
// reads back.

import { withLinks } from "./links.js";

const log = document.getElementById("log");
const template = document.getElementById("line");
const pill = document.getElementById("unread");

// Nearer to the end than this counts as being there.
const NEAR = 40;
const clock = new Intl.DateTimeFormat([], { timeStyle: "short" });
const calendar = new Intl.DateTimeFormat([], { dateStyle: "full" });

let atEnd = true;
let scrolledTo = 0;
let unread = 0;
let nextFrame = null;

// Text of other people goes into textContent or append() only: there, markup is
// characters. A message with a number stands in its place, anything else at the end.
export function addLine(kind, name, text, sentAt = Date.now(), seq = null) {
  const line = template.content.cloneNode(true).firstElementChild;
  line.className = kind;
  line.dataset.kind = kind;
  line.querySelector(".name").textContent = name;
  line.querySelector(".text").append(...withLinks(text));
  placeLine(line, sentAt, seq);
  return line;
}

export function placeLine(line, sentAt, seq) {
  showTime(line, sentAt);
  line.remove();
  if (seq !== null) line.dataset.seq = seq;
  const next = seq === null ? null : firstAfter(seq);
  log.insertBefore(line, next);
  for (const one of [line, next]) if (one) showWhetherItGoesOn(one);
  if (atEnd || (line.dataset.kind === "own" && seq === null)) toEnd();
  else if (!next || isPending(next)) showUnread(unread + 1);
}

// The first line that comes after a number. It is near the end, most of the time.
function firstAfter(seq) {
  let found = null;
  let line = log.lastElementChild;
  while (line && !(Number(line.dataset.seq) < seq)) {
    if (Number(line.dataset.seq) > seq || isPending(line)) found = line;
    line = line.previousElementSibling;
  }
  return found;
}

function isPending(line) {
  return line.classList.contains("pending");
}

// In a run of messages, the name above the first one is enough.
function showWhetherItGoesOn(line) {
  const before = line.previousElementSibling;
  const goesOn =
    before?.dataset.kind === line.dataset.kind && nameOf(before) === nameOf(line);
  line.classList.toggle("again", goesOn);
}

function showTime(line, sentAt) {
  const time = line.querySelector("time");
  const date = new Date(sentAt);
  time.dateTime = date.toISOString();
  time.textContent = clock.format(date);
  time.title = calendar.format(date);
}

// Calls action() when somebody has read back to the top.
export function whenAtTop(action) {
  log.addEventListener("scroll", () => log.scrollTop < log.clientHeight && action());
}

export function isAllInView() {
  return log.scrollHeight <= log.clientHeight;
}

// Lines that are added above must not move those that somebody reads.
export function keepPlace(action) {
  const below = log.scrollHeight - log.scrollTop;
  action();
  if (!atEnd) log.scrollTop = log.scrollHeight - below;
  scrolledTo = log.scrollTop;
}

export function clearLog() {
  log.replaceChildren();
  toEnd();
}

function toEnd() {
  atEnd = true;
  showUnread(0);
  // Scrolling needs the height of every line: do it once a frame, not once a message.
  cancelAnimationFrame(nextFrame);
  nextFrame = requestAnimationFrame(() => {
    log.scrollTop = log.scrollHeight;
  });
}

function nameOf(line) {
  return line.querySelector(".name").textContent;
}

function showUnread(count) {
  unread = count;
  pill.hidden = count === 0;
  pill.textContent = count === 1 ? "1 new message" : `${count} new messages`;
}

log.addEventListener("scroll", () => {
  const isNear = log.scrollHeight - log.clientHeight - log.scrollTop < NEAR;
  // Lines that come meanwhile move the end away. Only who scrolls up leaves it.
  atEnd = isNear || (atEnd && log.scrollTop >= scrolledTo);
  scrolledTo = log.scrollTop;
  if (atEnd) showUnread(0);
});

pill.addEventListener("click", () => {
  toEnd();
  log.focus();
});

// The keyboard of a phone makes the log smaller.
new ResizeObserver(() => {
  if (atEnd) toEnd();
}).observe(log);
