const FIRST_WAIT = 500; // milliseconds
const LONGEST_WAIT = 10_000;
const LONGEST_QUEUE = 100;

// A WebSocket that connects again when it is lost, and keeps what is sent meanwhile.
export class LiveSocket {
  status = "connecting"; // "connecting", "open", "waiting" or "closed"
  onstatus = () => {};
  onmessage = () => {};

  #url;
  #socket;
  #queue = [];
  #failures = 0;
  #timer;

  constructor(url) {
    this.#url = url;
    this.#connect();
  }

  // Send now, or as soon as there is a connection. Throws an Error if too much waits.
  send(data) {
    if (this.status === "closed") throw new Error("The socket is closed.");
    if (this.status === "open") this.#socket.send(data);
    else if (this.#queue.length < LONGEST_QUEUE) this.#queue.push(data);
    else throw new Error("Too many messages are waiting for a connection.");
  }

  // Close for good.
  close() {
    clearTimeout(this.#timer);
    this.#become("closed");
    this.#socket.close(1000);
  }

  #connect() {
    this.#become("connecting");
    this.#socket = new WebSocket(this.#url);
    this.#socket.onopen = () => this.#opened();
    this.#socket.onmessage = ({ data }) => this.onmessage(data);
    this.#socket.onclose = ({ code }) => this.#lost(code);
  }

  #opened() {
    this.#failures = 0;
    this.#become("open");
    for (const data of this.#queue.splice(0)) this.#socket.send(data);
  }

  #lost(code) {
    if (this.status === "closed") return;
    // From 4000 on it was a consumer that closed, and it would do so again.
    if (code >= 4000) return this.#become("closed");
    // Twice as long each time. Chance keeps a thousand pages from coming back at once.
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures);
    const wait = longest * (0.5 + Math.random() / 2);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.#connect(), wait);
    this.#become("waiting");
  }

  #become(status) {
    this.status = status;
    this.onstatus(status);
  }
}
