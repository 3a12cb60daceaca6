// The field in which one writes.

import { keep, kept } from "./kept.js";

// As many characters as the server takes.
const LONGEST_MESSAGE = 4096;
const NEARLY_TOO_LONG = 4000;

const element = (id) => document.getElementById(id);

// In characters, as the server counts: "🎉".length is 2.
const lengthOf = (text) => [...text].length;

// Calls say(message) for each message. It returns what is wrong, or "".
export function whenWritten(say) {
  element("say").addEventListener("submit", (event) => {
    event.preventDefault();
    const message = element("message").value;
    const surplus = lengthOf(message) - LONGEST_MESSAGE;
    element("message").focus();
    if (message.trim() === "") return;
    if (surplus > 0) {
      showError(`Take away ${surplus} of the characters, and send it again.`);
      return;
    }
    const error = say(message);
    showError(error);
    if (error) return;
    element("message").value = "";
    keep("draft", "");
    showLength();
  });
}

element("message").value = kept("draft", "");

element("message").addEventListener("input", () => {
  showError("");
  keep("draft", element("message").value);
  showLength();
});

element("message").addEventListener("keydown", (event) => {
  // Enter also ends the input of a Chinese or Japanese word.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  element("say").requestSubmit();
});

function showLength() {
  const length = lengthOf(element("message").value);
  element("counter").hidden = length <= NEARLY_TOO_LONG;
  element("counter").textContent = `${length} of ${LONGEST_MESSAGE} characters`;
  element("counter").classList.toggle("error", length > LONGEST_MESSAGE);
}

export function showError(error) {
  element("error").textContent = error;
}
