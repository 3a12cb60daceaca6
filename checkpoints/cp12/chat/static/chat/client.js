// The connection to a room. It mends itself.

const SECOND = 1000;
// So long it may be quiet before we ask whether the server is still there ...
const HEARTBEAT = 10 * SECOND;
// ... and so long the answer may take.
const PATIENCE = 5 * SECOND;
const FIRST_WAIT = SECOND / 2;
const LONGEST_WAIT = 10 * SECOND;

// What the server refuses with one of these codes, it would refuse again.
export const BAD_NAME = 4001;
export const BAD_ROOM = 4004;
export const TOO_LONG = 4009;
export const ROOM_DELETED = 4011;
export const NOT_LOGGED_IN = 4401;
export const NOT_ALLOWED = 4403;
const REFUSALS = [
  BAD_NAME,
  BAD_ROOM,
  TOO_LONG,
  ROOM_DELETED,
  NOT_LOGGED_IN,
  NOT_ALLOWED,
];

// The server's own errors have a detail, those of validation are a list of faults.
function inWords(error) {
  return error.detail ?? error.map(({ msg }) => msg).join(". ");
}

export class ChatClient {
  // "idle", "connecting", "joined", or "waiting" for the next attempt to connect.
  state = "idle";
  // While waiting: the time of the next attempt, in milliseconds.
  retryAt = 0;
  // Is a ping on its way?
  isAsked = false;

  // To be set from outside, as one sets onmessage of a WebSocket.
  onstate = (state) => {};
  onmessage = (action, payload) => {};
  onbeat = () => {}; // Before we ask by ourselves whether the server is there.
  onpong = () => {};
  onerror = (error, tryAgain) => {};
  onlost = () => {};
  onrefused = (code, error) => {};

  #url;
  #socket = null;
  #error = ""; // The last that the server sent over this socket.
  #failures = 0; // Attempts to connect since the last that worked.
  #timer = null; // There is only ever one thing to wait for.

  constructor(url) {
    this.#url = url;
  }

  join() {
    this.#connect();
    addEventListener("online", this.#whenOnline);
  }

  leave() {
    removeEventListener("online", this.#whenOnline);
    this.#drop();
    this.#become("idle");
  }

  // Without a connection, it is dropped.
  send(action, payload = null) {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify({ action, payload }));
  }

  ask() {
    this.send("ping");
    this.isAsked = true;
    this.#after(PATIENCE, () => this.#lost());
  }

  #beat() {
    this.onbeat();
    this.ask();
  }

  #connect() {
    this.#become("connecting");
    this.#error = "";
    this.#socket = new WebSocket(this.#url);
    this.#socket.onopen = () => this.#beat();
    this.#socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    this.#socket.onclose = ({ code }) => this.#closed(code);
    this.#after(PATIENCE, () => this.#lost());
  }

  #hear({ action, payload }) {
    if (action === "pong") {
      this.#answered();
    } else if (action === "error") {
      this.#error = inWords(payload);
      this.onerror(this.#error, payload.try_again);
    } else {
      this.onmessage(action, payload);
    }
  }

  #answered() {
    if (this.state !== "joined") this.#become("joined");
    this.isAsked = false;
    this.#failures = 0;
    this.#after(HEARTBEAT, () => this.#beat());
    this.onpong();
  }

  #closed(code) {
    if (!REFUSALS.includes(code)) return this.#lost();
    this.leave();
    this.onrefused(code, this.#error);
  }

  // Try again, each time a little later. Chance keeps a thousand pages that have
  // lost the same server from coming back in the same moment.
  #lost() {
    this.#drop();
    this.onlost();
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures);
    const wait = longest * (0.5 + Math.random() / 2);
    this.#failures += 1;
    this.retryAt = Date.now() + wait;
    this.#become("waiting");
    this.#after(wait, () => this.#connect());
  }

  // A dead connection would say much later that it is closed. Don't listen to it.
  #drop() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(1000);
    this.isAsked = false;
  }

  #whenOnline = () => {
    if (this.state === "waiting") this.#connect();
    else if (this.state === "joined" && !this.isAsked) this.#beat();
  };

  #become(state) {
    this.state = state;
    this.onstate(state);
  }

  #after(milliseconds, action) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, milliseconds);
  }
}
