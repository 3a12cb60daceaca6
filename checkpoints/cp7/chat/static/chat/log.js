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
// characters.
export function addLine(kind, name, text, sentAt = Date.now()) {
  const line = template.content.cloneNode(true).firstElementChild;
  const before = log.lastElementChild;
  line.className = kind;
  // In a run of messages, the name above the first one is enough.
  const goesOn = before?.classList.contains(kind) && nameOf(before) === name;
  line.classList.toggle("again", goesOn ?? false);
  line.querySelector(".name").textContent = name;
  line.querySelector(".text").append(...withLinks(text));
  const time = line.querySelector("time");
  const date = new Date(sentAt);
  time.dateTime = date.toISOString();
  time.textContent = clock.format(date);
  time.title = calendar.format(date);
  log.append(line);
  if (atEnd || kind === "own") toEnd();
  else showUnread(unread + 1);
  return line;
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
