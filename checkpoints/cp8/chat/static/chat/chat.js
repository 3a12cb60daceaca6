import { BAD_NAME, BAD_ROOM, ChatClient } from "./client.js";
import { addLine, clearLog } from "./log.js";
import { members, showPeople, typists } from "./people.js";

// As many characters as the server takes.
const LONGEST_MESSAGE = 4096;
const NEARLY_TOO_LONG = 4000;
// Who has not pressed a key for so many milliseconds has stopped typing.
const TYPING_PAUSE = 5000;
// So long we wait, after an outage, until those who were here are back.
const REUNION = 10_000;
// So often we ask again who is here. A server that dies can't say who has left with it.
const RECOUNT = 30_000;

const STATUS = {
  connecting: "connecting …",
  joined: "joined",
  waiting: "connection lost, trying again",
};

const MISSING = "You are back. What was said meanwhile is missing.";
const WAITING = "Too many messages are waiting. Send this one later.";

// The field at fault, where the server refuses with this code. It says what to do.
const FAULTY = { [BAD_NAME]: "name", [BAD_ROOM]: "room" };

const element = (id) => document.getElementById(id);

let client = null;
let name = "";
let hasBeenIn = false;
let countdown = null;
let reunion = null;
let recount = null;
let typing = false;
let typingPause = null;
// Who has been named since we last asked who is here.
const named = new Set();
// Who was here before the outage, and is not back yet.
const awaited = new Set();
// After an outage, a message may come twice: the same words of the same person, with
// the same id. An id alone tells nothing, because anybody can send any.
const seen = new Set();
// What was said here: a line of the log for each id.
const ownLines = new Map();

// Landing page and address

// The address says where we are: /chat/, or /chat/?room=lobby&name=ada.
function followAddress() {
  const address = new URLSearchParams(location.search);
  for (const field of ["name", "room"]) {
    if (address.has(field)) element(field).value = address.get(field);
  }
  leave();
  const isComplete = address.has("name") && address.has("room");
  if (isComplete && element("entrance").reportValidity()) enter();
  else element(element("name").value ? "room" : "name").focus();
}

function go(address) {
  history.pushState(null, "", address);
  followAddress();
}

element("entrance").addEventListener("submit", (event) => {
  event.preventDefault();
  const address = new URLSearchParams();
  for (const field of ["room", "name"]) {
    element(field).value = element(field).value.trim();
    address.set(field, element(field).value);
  }
  if (element("entrance").reportValidity()) go(`?${address}`);
});

element("leave").addEventListener("click", () => go(location.pathname));

addEventListener("popstate", followAddress);
// Closing the window is leaving, too. It may come back by the back button.
addEventListener("pagehide", leave);
addEventListener("pageshow", ({ persisted }) => persisted && followAddress());

// Entering and leaving a room

function enter() {
  name = element("name").value.trim();
  const room = element("room").value;
  // From the page's address: all of the site may be below a path.
  const url = new URL(`../ws/chat/${encodeURIComponent(room)}/`, location);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  url.search = new URLSearchParams({ username: name });
  client = new ChatClient(url);
  client.onstate = showState;
  client.onmessage = (action, payload) => {
    handlers[action]?.(payload);
    releaseIfComplete();
    showPeople(name);
  };
  client.ondelivered = (id) => ownLines.get(id)?.classList.remove("pending");
  client.onerror = showError;
  client.onrefused = showRefusal;

  hasBeenIn = false;
  for (const names of [members, named, typists, awaited]) names.clear();
  clearLog();
  showError("");
  element("refusal").textContent = "";
  element("title").textContent = room;
  document.title = `${room} · Chat`;
  client.join();
  element("message").focus();
}

function leave() {
  clearTimeout(reunion);
  clearInterval(recount);
  if (client) client.leave();
  client = null;
  document.title = "Chat";
}

function showState(state) {
  element("landing").hidden = state !== "idle";
  element("chat").hidden = state === "idle";
  element("chat").dataset.state = state;
  element("status").dataset.state = state;
  element("status").textContent = STATUS[state] ?? "";
  clearInterval(countdown);
  element("countdown").textContent = "";

  if (state === "joined") {
    showError("");
    if (hasBeenIn) addLine("event", "", MISSING);
    hasBeenIn = true;
    reunion = setTimeout(() => client.release(), REUNION);
    recount = setInterval(dropWhoIsGone, RECOUNT);
    releaseIfComplete();
  } else {
    typing = false;
  }
  if (state === "waiting") {
    clearTimeout(reunion);
    clearInterval(recount);
    for (const member of members) awaited.add(member);
    for (const names of [members, named, typists]) names.clear();
    countdown = setInterval(showCountdown, 250);
    showCountdown();
  }
  showPeople(name);
}

// Pages come back at different times. What one sends before the others are there,
// they never hear.
function releaseIfComplete() {
  for (const member of members) awaited.delete(member);
  if (client.isHeld && awaited.size === 0) client.release();
}

// All servers have had the time to answer since we last asked.
function dropWhoIsGone() {
  for (const member of members) {
    if (!named.has(member)) handlers.user_left({ name: member });
  }
  named.clear();
  client.tell("who_is_here");
  showPeople(name);
}

function showCountdown() {
  const seconds = Math.max(0, Math.ceil((client.retryAt - Date.now()) / 1000));
  element("countdown").textContent = `in ${seconds} s`;
}

function showRefusal(code, error) {
  history.replaceState(null, "", location.pathname);
  leave();
  const field = FAULTY[code] ?? "room";
  element(field).after(element("refusal"));
  element("refusal").textContent = error;
  element(field).focus();
}

// What the server sends

const handlers = {
  members({ names }) {
    for (const member of names) {
      members.add(member);
      named.add(member);
    }
  },
  user_joined({ name, sent_at }) {
    if (!members.has(name)) addLine("event", name, "has joined", sent_at);
    members.add(name);
    named.add(name);
  },
  user_left({ name, sent_at }) {
    if (members.has(name)) addLine("event", name, "has left", sent_at);
    members.delete(name);
    typists.delete(name);
  },
  typing({ name, is_typing }) {
    if (is_typing) typists.add(name);
    else typists.delete(name);
  },
  new_chat_message({ id, name, message, sent_at }) {
    typists.delete(name);
    if (isNew(id, name, message)) addLine("message", name, message, sent_at);
  },
  dice_rolled({ id, name: player, dice, rolls, total, sent_at }) {
    typists.delete(player);
    // Our roll takes the place of the line that asked for it, and of no other line.
    const line = ownLines.get(id);
    const asked = line?.querySelector(".text").textContent.startsWith("/roll");
    if (asked && player === name) {
      line.remove();
      ownLines.delete(id);
    }
    const sum = rolls.length > 1 ? `${rolls.join(" + ")} = ${total}` : total;
    if (isNew(id, player, "/roll")) addLine("roll", player, `rolled ${dice}: ${sum}`, sent_at);
  },
  announcement({ message, sent_at }) {
    addLine("announcement", "", message, sent_at);
  },
};

function isNew(id, author, words) {
  if (!id) return true; // Not every program that talks to the server makes ids.
  const message = JSON.stringify([id, author, words]);
  const known = seen.has(message);
  seen.add(message);
  return !known;
}

// Writing

// In characters, as the server counts: "🎉".length is 2.
const lengthOf = (text) => [...text].length;

element("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const message = element("message").value;
  const surplus = lengthOf(message) - LONGEST_MESSAGE;
  element("message").focus();
  if (message.trim() === "") return;
  if (client.isFull) {
    showError(WAITING);
    return;
  }
  if (surplus > 0) {
    showError(`Take away ${surplus} of the characters, and send it again.`);
    return;
  }
  element("message").value = "";
  showError("");
  showLength();
  setTyping(false);
  const id = client.say(message, name);
  const line = addLine("own", name, message);
  line.classList.add("pending");
  ownLines.set(id, line);
  isNew(id, name, message); // Should it come back to us, we know it.
});

element("message").addEventListener("input", ({ target }) => {
  setTyping(target.value !== "");
  showError("");
  showLength();
});

element("message").addEventListener("keydown", (event) => {
  // Enter also ends the input of a Chinese or Japanese word.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  element("say").requestSubmit();
});

function setTyping(isTyping) {
  clearTimeout(typingPause);
  if (isTyping) typingPause = setTimeout(() => setTyping(false), TYPING_PAUSE);
  if (typing !== isTyping) client?.tell("typing", { name, is_typing: isTyping });
  typing = isTyping;
}

function showLength() {
  const length = lengthOf(element("message").value);
  element("counter").hidden = length <= NEARLY_TOO_LONG;
  element("counter").textContent = `${length} of ${LONGEST_MESSAGE} characters`;
  element("counter").classList.toggle("error", length > LONGEST_MESSAGE);
}

function showError(error, id) {
  element("error").textContent = error;
  const line = ownLines.get(id);
  if (!line) return;
  line.classList.replace("pending", "failed");
  line.querySelector(".note").textContent = `Not sent. ${error}`;
}

followAddress();
