// The chat page: it puts its parts together.

import { ChatClient } from "./client.js";
import {
  followAddress,
  hasAccount,
  showRefusal,
  showWayToMembers,
  titleOf,
} from "./entrance.js";
import { History } from "./history.js";
import {
  addLine,
  clearLog,
  isAllInView,
  keepPlace,
  placeLine,
  whenAtTop,
} from "./log.js";
import { Outbox } from "./outbox.js";
import {
  dropWhoIsGone,
  forgetEverybody,
  hasSpoken,
  peopleHandlers,
  showPeople,
} from "./people.js";
import { showStatus } from "./status.js";
import { setTyping, whenTyping } from "./typing.js";
import { showError, whenWritten } from "./writing.js";

// So often we ask again who is here. A server that dies can't say who has left with it.
const RECOUNT = 30_000;
const BACK = "You are back.";
const MISSED = "said while you were away";
const FULL = "Too many messages are waiting. Send this one later.";

let client = null;
let outbox = null;
let past = null;
let name = "";
let hasBeenIn = false;
let recount = null;
// After an outage, a roll may come twice: of the same person, with the same id. An id
// alone tells nothing, because anybody can send any.
const seen = new Set();
// What we said in this window: a line of the log for each id.
const ownLines = new Map();

function enter(room, ownName) {
  name = ownName;
  // From the page's address: all of the site may be below a path.
  const url = new URL(`../ws/chat/${encodeURIComponent(room)}/`, location);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  url.search = new URLSearchParams({ username: name });
  client = new ChatClient(url);
  outbox = new Outbox(client, JSON.stringify(["outbox", room, name]));
  past = new History(client);
  past.onmessage = showMessage;
  client.onstate = changeState;
  client.onmessage = (action, payload) => {
    handlers[action]?.(payload);
    showPeople(name);
  };
  client.onrefused = (code, error) => {
    leave();
    showRefusal(code, error);
  };
  outbox.ondelivered = (id) => ownLines.get(id)?.classList.remove("pending");
  outbox.onerror = showFault;

  hasBeenIn = false;
  forgetEverybody();
  clearLog();
  showError("");
  ownLines.clear();
  // What a window had not sent when it was reloaded.
  for (const { id, message } of outbox.messages) showPending(id, message);
  document.getElementById("title").textContent = titleOf(room);
  document.title = `${titleOf(room)} · Chat`;
  showWayToMembers(room);
  client.join();
  document.getElementById("message").focus();
}

function leave() {
  clearInterval(recount);
  if (client) client.leave();
  client = null;
  document.title = "Chat";
}

function changeState(state) {
  showStatus(client);
  if (state === "joined") {
    showError("");
    if (hasBeenIn) addLine("event", "", BACK);
    hasBeenIn = true;
    client.send("who_is_here");
    recount = setInterval(askWhoIsHere, RECOUNT);
  } else {
    setTyping(false);
  }
  if (state === "waiting") {
    clearInterval(recount);
    past.lose();
    forgetEverybody();
  }
  showPeople(name);
}

function askWhoIsHere() {
  dropWhoIsGone();
  client.send("who_is_here");
  showPeople(name);
}

// What the server sends

const handlers = {
  ...peopleHandlers,
  new_chat_message(message) {
    past.hear(message);
  },
  message_saved(saved) {
    past.hear({ ...saved, name, registered: hasAccount });
  },
  history(answer) {
    keepPlace(() => past.answer(answer));
    if (isAllInView()) past.askForOlder();
  },
  dice_rolled({ id, name: player, dice, rolls, total, sent_at }) {
    hasSpoken(player);
    // Our roll takes the place of the line that asked for it, and of no other line.
    const line = ownLines.get(id);
    const asked = line?.querySelector(".text").textContent.startsWith("/roll");
    if (asked && player === name) {
      line.remove();
      ownLines.delete(id);
    }
    const sum = rolls.length > 1 ? `${rolls.join(" + ")} = ${total}` : total;
    if (isNew(id, player)) {
      addLine("roll", player, `rolled ${dice}: ${sum}`, sent_at);
    }
  },
  announcement({ message, sent_at }) {
    addLine("announcement", "", message, sent_at);
  },
};

function isNew(id, player) {
  if (!id) return true; // Not every program that talks to the server makes ids.
  const roll = JSON.stringify([id, player]);
  const known = seen.has(roll);
  seen.add(roll);
  return !known;
}

// A message that has its number. Ours has a line already, if this window sent it.
// A guest may have had our name before it was ours, or an account that was deleted.
function showMessage(said, isMissed) {
  const { seq, id, name: author, message, sent_at } = said;
  const { registered = false, account_deleted: isGone = false } = said;
  hasSpoken(author);
  const isOwn = author === name && registered === hasAccount && !isGone;
  const own = isOwn ? ownLines.get(id) : null;
  if (own) {
    own.classList.remove("pending", "failed");
    placeLine(own, sent_at, seq);
    return;
  }
  const mark = registered ? " registered" : isGone ? " gone" : "";
  const kind = isOwn ? "own" : `message${mark}`;
  const line = addLine(kind, author, message, sent_at, seq);
  line.classList.toggle("missed", isMissed);
  if (isMissed) line.querySelector(".note").textContent = MISSED;
}

// What we say

function say(message) {
  if (outbox.isFull) return FULL;
  setTyping(false);
  showPending(outbox.say(message, name), message);
  return "";
}

function showPending(id, message) {
  const line = addLine("own", name, message);
  line.classList.add("pending");
  ownLines.set(id, line);
}

function showFault(error, id) {
  showError(error);
  const line = ownLines.get(id);
  if (!line) return;
  line.classList.replace("pending", "failed");
  line.querySelector(".note").textContent = `Not sent. ${error}`;
}

// Who leaves takes along what was not sent. Who reloads the page does not leave.
document.getElementById("leave").addEventListener("click", () => outbox.forget());
whenAtTop(() => past?.askForOlder());
whenWritten(say);
whenTyping((is_typing) => client?.send("typing", { name, is_typing }));
followAddress(enter, leave);
