// Questions and answers, as they are seen.

import { withCourseLinks } from "./text.js";

const log = document.getElementById("log");
const template = document.getElementById("exchange");
const course = document.querySelector("main").dataset.tutorial;
const NEAR = 40;

// Each by its id, with the text of the answer and the index of its last piece.
const exchanges = new Map();

export function showExchange({ id, question, content, index, state, reason }) {
  const line = template.content.cloneNode(true).firstElementChild;
  line.querySelector("h2").textContent = question;
  const exchange = { line, id, text: content, index };
  exchanges.get(id)?.line.remove();
  exchanges.set(id, exchange);
  log.append(line);
  showText(exchange);
  showEnd(id, state, reason);
  log.scrollTop = log.scrollHeight;
  return exchange;
}

export function addPiece({ id, index, content }) {
  const exchange = exchanges.get(id);
  if (!exchange || index !== exchange.index + 1) return;
  exchange.text += content;
  exchange.index = index;
  const isAtEnd = log.scrollHeight - log.clientHeight - log.scrollTop < NEAR;
  showText(exchange);
  // Who reads back stays there.
  if (isAtEnd) log.scrollTop = log.scrollHeight;
}

export function showEnd(id, state, reason) {
  const line = exchanges.get(id)?.line;
  if (!line) return;
  line.dataset.state = state;
  // A screen reader reads the answer when it is whole, not each piece.
  line.setAttribute("aria-busy", state === "writing");
  line.querySelector(".end").textContent = reason;
}

function showText({ line, text }) {
  line.querySelector(".answer").replaceChildren(...withCourseLinks(text, course));
}
