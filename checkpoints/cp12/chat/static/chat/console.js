const element = (id) => document.getElementById(id);

let socket = null;

function log(kind, text) {
  const line = document.createElement("p");
  line.className = kind;
  line.textContent = text;
  element("log").append(line);
  line.scrollIntoView({ block: "nearest" });
}

function show(status) {
  const open = status === "open";
  const idle = status === "not connected";
  element("status").textContent = status;
  element("path").disabled = !idle;
  element("connect").disabled = !idle;
  element("disconnect").disabled = idle;
  element("text").disabled = !open;
  element("send").disabled = !open;
}

function describe(data) {
  if (typeof data === "string") return data;
  const bytes = Array.from(new Uint8Array(data), (byte) => byte.toString(16).padStart(2, "0"));
  return `${bytes.length} bytes: ${bytes.join(" ")}`;
}

element("connection").addEventListener("submit", (event) => {
  event.preventDefault();
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const url = `${scheme}//${location.host}${element("path").value}`;
  socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  show("connecting");
  log("event", `connecting to ${socket.url}`);

  socket.addEventListener("open", () => {
    show("open");
    log("event", "open");
    element("text").focus();
  });
  socket.addEventListener("message", ({ data }) => log("received", describe(data)));
  socket.addEventListener("close", ({ code, reason }) => {
    show("not connected");
    log("event", `close: code ${code}, reason ${JSON.stringify(reason)}`);
  });
});

element("disconnect").addEventListener("click", () => socket.close());

element("message").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = element("text").value;
  socket.send(text);
  log("sent", text);
  element("text").value = "";
});

element("clear").addEventListener("click", () => element("log").replaceChildren());
