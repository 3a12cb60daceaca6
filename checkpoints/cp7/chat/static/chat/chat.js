// The chat page: it puts its parts together.

import { ChatClient } from "./client.js";
import { followAddress, showRefusal } from "./entrance.js";
import { addLine, clearLog } from "./log.js";
import { Outbox } from "./outbox.js";
import { showStatus } from "./status.js";
import { showError, whenWritten } from "./writing.js";

const MISSING = "You are back. What was said meanwhile is missing.";
const FULL = "Too many messages are waiting. Send this one later.";

let client = null;
let outbox = null;
let name = "";
let hasBeenIn = false;
// After an outage, a message may come twice: the same words of the same person, with
// the same id. An id alone tells nothing, because anybody can send any.
const seen = new Set();
// What was said here: a line of the log for each id.
const ownLines = new Map();

function enter(room, ownName) {
  name = ownName;
  // From the page's address: all of the site may be below a path.
  const url = new URL(`../ws/chat/${encodeURIComponent(room)}/`, location);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  url.search = new URLSearchParams({ username: name });
  client = new ChatClient(url);
  outbox = new Outbox(client);
  client.onstate = changeState;
  client.onmessage = (action, payload) => handlers[action]?.(payload);
  client.onrefused = (code, error) => {
    leave();
    showRefusal(code, error);
  };
  outbox.ondelivered = (id) => ownLines.get(id)?.classList.remove("pending");
  outbox.onerror = showFault;

  hasBeenIn = false;
  clearLog();
  showError("");
  document.getElementById("title").textContent = room;
  document.title = `${room} · Chat`;
  client.join();
  document.getElementById("message").focus();
}

function leave() {
  if (client) client.leave();
  client = null;
  document.title = "Chat";
}

function changeState(state) {
  showStatus(client);
  if (state === "joined") {
    showError("");
    if (hasBeenIn) addLine("event", "", MISSING);
    hasBeenIn = true;
  }
}

// What the server sends

const handlers = {
  new_chat_message({ id, name: author, message, sent_at }) {
    if (isNew(id, author, message)) addLine("message", author, message, sent_at);
  },
  dice_rolled({ id, name: player, dice, rolls, total, sent_at }) {
    // Our roll takes the place of the line that asked for it, and of no other line.
    const line = ownLines.get(id);
    const asked = line?.querySelector(".text").textContent.startsWith("/roll");
    if (asked && player === name) {
      line.remove();
      ownLines.delete(id);
    }
    const sum = rolls.length > 1 ? `${rolls.join(" + ")} = ${total}` : total;
    if (isNew(id, player, "/roll")) {
      addLine("roll", player, `rolled ${dice}: ${sum}`, sent_at);
    }
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

// What we say

function say(message) {
  if (outbox.isFull) return FULL;
  const id = outbox.say(message, name);
  const line = addLine("own", name, message);
  line.classList.add("pending");
  ownLines.set(id, line);
  isNew(id, name, message); // Should it come back to us, we know it.
  return "";
}

function showFault(error, id) {
  showError(error);
  const line = ownLines.get(id);
  if (!line) return;
  line.classList.replace("pending", "failed");
  line.querySelector(".note").textContent = `Not sent. ${error}`;
}

whenWritten(say);
followAddress(enter, leave);
