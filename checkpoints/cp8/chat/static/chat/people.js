// Who is here, and who is typing.

export const members = new Set();
export const typists = new Set();

// "room 2" comes before "room 10".
const { compare } = new Intl.Collator([], { numeric: true });

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
