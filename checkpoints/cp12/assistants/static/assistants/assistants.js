// The assistant's page. Its connection is that of the chat, and mends itself.

import { ChatClient } from "../chat/client.js";
import { addPiece, showEnd, showExchange } from "./exchanges.js";

const STATUS = {
  connecting: "connecting …",
  joined: "ready",
  waiting: "connection lost, trying again",
};

const element = (id) => document.getElementById(id);

// From the page's address: all of the site may be below a path.
const url = new URL("../ws/assistants/", location);
url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
const client = new ChatClient(url);
// The exchange whose answer is being written.
let running = null;
// Is its rest asked for, and not there yet?
let isResuming = false;

client.onstate = (state) => {
  element("status").dataset.state = state;
  element("status").textContent = STATUS[state] ?? "";
  if (state === "joined") comeBack();
};
client.onmessage = (action, payload) => handlers[action]?.(payload);
client.onerror = (error) => {
  showError(error);
  if (isResuming) endRunning("broken", error);
};
client.onrefused = (code, error) => showError(error);

// After an outage: the rest of the answer. At first, what was said before.
function comeBack() {
  if (running) askForRest();
  else client.send("get_conversation");
}

function askForRest() {
  isResuming = true;
  client.send("resume_streaming", { id: running.id, index: running.index });
}

const handlers = {
  conversation(exchanges) {
    for (const exchange of exchanges) {
      const shown = showExchange(exchange);
      if (exchange.state === "writing") setRunning(shown);
    }
    if (running) askForRest();
  },
  streaming_start({ id }) {
    const question = element("question").value;
    const begun = { id, question, content: "", index: 0, state: "writing", reason: "" };
    setRunning(showExchange(begun));
    // Only now is it stored.
    element("question").value = "";
  },
  streaming(piece) {
    isResuming = false;
    addPiece(piece);
  },
  complete_streaming({ state, content }) {
    endRunning(state, content);
  },
};

function endRunning(state, reason) {
  isResuming = false;
  showEnd(running.id, state, reason);
  setRunning(null);
}

function setRunning(exchange) {
  running = exchange;
  element("stop").hidden = !running;
  element("send").hidden = Boolean(running);
}

function showError(error) {
  element("error").textContent = error;
}

element("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = element("question").value;
  element("question").focus();
  if (question.trim() === "" || running) return;
  if (client.state !== "joined") {
    showError("There is no connection. Your question stays here until there is.");
    return;
  }
  showError("");
  client.send("assistant_message", question);
});

element("stop").addEventListener("click", () => {
  client.send("stop_streaming", { id: running.id });
  element("question").focus();
});

element("question").addEventListener("keydown", (event) => {
  // Enter also ends the input of a Chinese or Japanese word.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  element("ask").requestSubmit();
});

client.join();
// Before, the browser itself would have sent the form, and lost the question.
element("send").disabled = false;
