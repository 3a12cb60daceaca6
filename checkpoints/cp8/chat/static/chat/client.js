// The connection to a room. It mends itself, and delivers each message once.

const SECOND = 1000;
// So long it may be quiet before we ask whether the server is still there ...
const HEARTBEAT = 10 * SECOND;
// ... and so long the answer may take.
const PATIENCE = 5 * SECOND;
const FIRST_WAIT = SECOND / 2;
const LONGEST_WAIT = 10 * SECOND;
const LONGEST_QUEUE = 100;

// What the server refuses with one of these codes, it would refuse again.
export const BAD_NAME = 4001;
export const BAD_ROOM = 4004;
export const TOO_LONG = 4009;
const REFUSALS = [BAD_NAME, BAD_ROOM, TOO_LONG];

function newId() {
  // crypto.randomUUID() would be missing where the page came over plain http.
  const numbers = crypto.getRandomValues(new Uint32Array(4));
  return Array.from(numbers, (number) => number.toString(36)).join("-");
}

// The server's own errors have a detail, those of validation are a list of faults.
function inWords(error) {
  return error.detail ?? error.map(({ msg }) => msg).join(". ");
}

export class ChatClient {
  // "idle", "connecting", "joined", or "waiting" for the next attempt to connect.
  state = "idle";
  // While waiting: the time of the next attempt, in milliseconds.
  retryAt = 0;
  // After an outage, the queue is held until the page has it released.
  isHeld = false;

  // For the page to set, as it would set onmessage of a WebSocket.
  onstate = () => {};
  onmessage = (action, payload) => {};
  ondelivered = (id) => {};
  onerror = (error, id) => {}; // The id of the message at fault, if it was one.
  onrefused = (code, error) => {};

  #url;
  #socket = null;
  #queue = []; // The messages that are not delivered yet, the oldest first.
  #asked = false; // Is a ping on its way?
  #inFlight = null; // The message that went before that ping.
  #error = null; // What came in place of an answer to it.
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
    this.#queue = [];
    this.#become("idle");
  }

  get isFull() {
    return this.#queue.length >= LONGEST_QUEUE;
  }

  // Send a message, now or when there is a connection again. Returns its id.
  say(message, name) {
    const id = newId();
    this.#queue.push({ id, message, name });
    if (this.state === "joined" && !this.#asked) this.#ask();
    return id;
  }

  release() {
    this.isHeld = false;
    if (this.state === "joined" && !this.#asked) this.#ask();
  }

  // Send what is of no use later.
  tell(action, payload = null) {
    if (this.state === "joined") this.#send(action, payload);
  }

  #connect() {
    this.#become("connecting");
    this.#socket = new WebSocket(this.#url);
    this.#socket.onopen = () => {
      this.#send("who_is_here", null);
      this.#ask();
    };
    this.#socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    this.#socket.onclose = ({ code }) => this.#closed(code);
    this.#after(PATIENCE, () => this.#lost());
  }

  #send(action, payload) {
    this.#socket.send(JSON.stringify({ action, payload }));
  }

  // The server handles one message after the other. So the answer to a ping says
  // that it is there, and that it has handled the message before the ping.
  #ask() {
    this.#inFlight = this.isHeld ? null : (this.#queue[0] ?? null);
    if (this.#inFlight) this.#send("new_chat_message", this.#inFlight);
    this.#send("ping", null);
    this.#asked = true;
    this.#after(PATIENCE, () => this.#lost());
  }

  #hear({ action, payload }) {
    if (action === "pong") this.#answered();
    else if (action === "error") this.#error = inWords(payload);
    else this.onmessage(action, payload);
    // An error that answers no message of the queue.
    if (this.#error && !this.#asked) this.#report(null);
  }

  #answered() {
    if (this.state !== "joined") this.#become("joined");
    const message = this.#inFlight;
    this.#asked = false;
    this.#inFlight = null;
    this.#failures = 0;
    if (message) this.#queue.shift();
    if (this.#error) this.#report(message);
    else if (message) this.ondelivered(message.id);
    if (this.#queue.length && !this.isHeld) this.#ask();
    else this.#after(HEARTBEAT, () => this.#ask());
  }

  #report(message) {
    const error = this.#error;
    this.#error = null;
    this.onerror(error, message?.id);
  }

  #closed(code) {
    if (!REFUSALS.includes(code)) return this.#lost();
    const error = this.#error;
    this.leave();
    this.onrefused(code, error);
  }

  // Try again, each time a little later. Chance keeps a thousand pages that have
  // lost the same server from coming back in the same moment.
  #lost() {
    if (this.#error) this.#report(null);
    this.#drop();
    this.isHeld = true;
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
    this.#asked = false;
    this.#inFlight = null;
    this.#error = null;
  }

  #whenOnline = () => {
    if (this.state === "waiting") this.#connect();
    else if (this.state === "joined" && !this.#asked) this.#ask();
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
