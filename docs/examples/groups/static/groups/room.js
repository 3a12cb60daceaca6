const TELL_EVERY = 2000;
const SHOWN_FOR = 3000;

const query = new URLSearchParams(location.search);
const room = encodeURIComponent(query.get("room") ?? "lobby");
const name = encodeURIComponent(query.get("name") ?? "");
const server = location.origin.replace("http", "ws");
const socket = new WebSocket(`${server}/ws/rooms/${room}/?name=${name}`);

const input = document.querySelector("input");
const typing = new Map();
let toldAt = -TELL_EVERY;

socket.onmessage = ({ data }) => {
  const told = JSON.parse(data);
  clearTimeout(typing.get(told.name));
  typing.delete(told.name);
  if (told.type === "typing") {
    typing.set(told.name, setTimeout(() => stopTyping(told.name), SHOWN_FOR));
  } else {
    show(told);
  }
  showTyping();
};

function stopTyping(name) {
  typing.delete(name);
  showTyping();
}

function showTyping() {
  const names = [...typing.keys()].join(", ");
  document.querySelector("#typing").textContent = names && `typing: ${names}`;
}

function show({ type, name, text, at }) {
  const words = { join: `${name} is here`, leave: `${name} is gone`, message: `${name}: ${text}`, error: text };
  const line = document.createElement("li");
  line.textContent = words[type];
  if (at) {
    const time = document.createElement("time");
    time.dateTime = at;
    time.textContent = new Date(at).toLocaleTimeString();
    line.prepend(time, " ");
  }
  document.querySelector("#told").append(line);
}

input.oninput = () => {
  if (performance.now() - toldAt < TELL_EVERY) return;
  toldAt = performance.now();
  socket.send(JSON.stringify({ type: "typing" }));
};

document.querySelector("form").onsubmit = (event) => {
  event.preventDefault();
  socket.send(JSON.stringify({ type: "message", text: input.value }));
  input.value = "";
  toldAt = -TELL_EVERY;
};
