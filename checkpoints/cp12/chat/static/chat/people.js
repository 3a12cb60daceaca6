// Who is here, and who is typing.

import { addLine } from "./log.js";

const members = new Set();
const typists = new Set();
// Who has been named since we last asked who is here.
const named = new Set();

// "room 2" comes before "room 10".
const { compare } = new Intl.Collator([], { numeric: true });

export const peopleHandlers = {
  members({ names }) {
    for (const name of names) isHere(name);
  },
  user_joined({ name, sent_at }) {
    if (!members.has(name)) addLine("event", name, "has joined", sent_at);
    isHere(name);
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
};

function isHere(name) {
  members.add(name);
  named.add(name);
}

export function hasSpoken(name) {
  typists.delete(name);
}

// All servers have had the time to answer since we last asked.
export function dropWhoIsGone() {
  for (const name of members) {
    if (!named.has(name)) peopleHandlers.user_left({ name });
  }
  named.clear();
}

export function forgetEverybody() {
  for (const names of [members, named, typists]) names.clear();
}

export function showPeople(me) {
  const names = [...members].sort(compare);
  const items = names.map((name) => memberItem(name, name === me));
  document.getElementById("count").textContent = names.length || "";
  document.getElementById("members").replaceChildren(...items);
  document.getElementById("typing").textContent = typingText([...typists]);
}

function memberItem(name, isMe) {
  const item = document.createElement("li");
  // Whatever the direction of a name, it stands where the others do.
  const text = document.createElement("bdi");
  text.textContent = name;
  item.append(text);
  item.title = name;
  item.classList.toggle("own", isMe);
  return item;
}

function typingText(names) {
  if (names.length === 0) return "";
  if (names.length > 2) return "Several people are typing …";
  const verb = names.length === 1 ? "is" : "are";
  return `${names.map(shorten).join(", ")} ${verb} typing …`;
}

function shorten(name) {
  return name.length > 16 ? `${[...name].slice(0, 14).join("")}…` : name;
}
