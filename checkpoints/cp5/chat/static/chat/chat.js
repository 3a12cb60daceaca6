const element = (id) => document.getElementById(id);

const members = new Set();
const typists = new Set();
let socket = null;
let name = "";
let typing = false;

const send = (action, payload = null) => socket.send(JSON.stringify({ action, payload }));

function log(kind, text, sentAt = new Date()) {
  const line = document.createElement("li");
  line.className = kind;
  line.textContent = `${new Date(sentAt).toLocaleTimeString()}  ${text}`;
  element("log").append(line);
  line.scrollIntoView({ block: "nearest" });
}

function show(status) {
  const joined = status === "joined";
  const idle = status === "not connected";
  element("status").textContent = status;
  for (const id of ["name", "room", "join"]) element(id).disabled = !idle;
  element("leave").disabled = idle;
  for (const id of ["message", "send"]) element(id).disabled = !joined;
}

function showPeople() {
  element("members").textContent = [...members].sort().join(", ") || "nobody yet";
  element("typing").textContent = typists.size ? `${[...typists].join(", ")} typing …` : "";
}

function setTyping(isTyping) {
  if (typing === isTyping) return;
  typing = isTyping;
  send("typing", { name, is_typing: isTyping });
}

const errorText = (payload) => payload.detail ?? payload.map(({ msg }) => msg).join(". ");

const handlers = {
  members({ names }) {
    names.forEach((member) => members.add(member));
    if (socket.readyState === WebSocket.OPEN) show("joined");
  },
  user_joined({ name, sent_at }) {
    members.add(name);
    log("event", `${name} has joined`, sent_at);
  },
  user_left({ name, sent_at }) {
    members.delete(name);
    typists.delete(name);
    log("event", `${name} has left`, sent_at);
  },
  typing({ name, is_typing }) {
    if (is_typing) typists.add(name);
    else typists.delete(name);
  },
  new_chat_message({ name, message, sent_at }) {
    typists.delete(name);
    log("message", `${name}: ${message}`, sent_at);
  },
  dice_rolled({ name, dice, rolls, total, sent_at }) {
    log("event", `${name} rolled ${dice}: ${rolls.join(" + ")} = ${total}`, sent_at);
  },
  announcement({ message, sent_at }) {
    log("announcement", message, sent_at);
  },
  error(payload) {
    element("error").textContent = errorText(payload);
  },
};

element("entrance").addEventListener("submit", (event) => {
  event.preventDefault();
  name = element("name").value.trim();
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const room = encodeURIComponent(element("room").value);
  const query = new URLSearchParams({ username: name });
  socket = new WebSocket(`${scheme}//${location.host}/ws/chat/${room}/?${query}`);
  element("error").textContent = "";
  show("connecting");

  socket.addEventListener("open", () => send("who_is_here"));
  socket.addEventListener("message", ({ data }) => {
    const { action, payload } = JSON.parse(data);
    handlers[action]?.(payload);
    showPeople();
  });
  socket.addEventListener("close", ({ code }) => {
    members.clear();
    typists.clear();
    typing = false;
    showPeople();
    show("not connected");
    log("event", `disconnected, code ${code}`);
  });
});

element("leave").addEventListener("click", () => socket.close());

element("message").addEventListener("input", ({ target }) => setTyping(target.value !== ""));

element("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const message = element("message").value;
  element("message").value = "";
  element("error").textContent = "";
  setTyping(false);
  send("new_chat_message", { message, name });
  if (!message.startsWith("/roll")) log("own", `${name}: ${message}`);
});
