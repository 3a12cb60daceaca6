// What we say, until it is stored: each message once, in order, also after a reload.

import { keep, kept } from "./kept.js";

const MOST = 100;
// So long we wait before we send again what could not be stored, in milliseconds.
const PAUSE = 2000;

function newId() {
  // crypto.randomUUID() would be missing where the page came over plain http.
  const numbers = crypto.getRandomValues(new Uint32Array(4));
  return Array.from(numbers, (number) => number.toString(36)).join("-");
}

export class Outbox {
  // To be set from outside, as those of the client.
  ondelivered = (id) => {};
  onerror = (error, id) => {}; // The id of the message at fault, if it was one.

  #client;
  #name; // Under which the window keeps the messages.
  #messages; // The oldest first.
  #inFlight = null; // The message that went before the ping on its way.
  #error = null; // What came in place of an answer to it ...
  #isToTryAgain = false; // ... and whether it would help to send it again.

  constructor(client, name) {
    this.#client = client;
    this.#name = name;
    this.#messages = kept(name, []);
    client.onpong = () => this.#answered();
    client.onerror = (error, tryAgain) => this.#failed(error, tryAgain);
    client.onlost = () => this.#lost();
  }

  get isFull() {
    return this.#messages.length >= MOST;
  }

  get messages() {
    return this.#messages;
  }

  forget() {
    this.#messages = [];
    this.#keep();
  }

  // Send a message, now or when there is a connection again. Returns its id.
  say(message, name) {
    const id = newId();
    this.#messages.push({ id, message, name });
    this.#keep();
    this.#next();
    return id;
  }

  // The server handles one message after the other. So the answer to the ping says
  // that it has handled the message before the ping.
  #next() {
    const isReady = this.#client.state === "joined" && !this.#client.isAsked;
    if (!isReady || this.#messages.length === 0) return;
    this.#inFlight = this.#messages[0];
    this.#client.send("new_chat_message", this.#inFlight);
    this.#client.ask();
  }

  #answered() {
    const message = this.#inFlight;
    this.#inFlight = null;
    if (message && this.#isToTryAgain) {
      this.#report(null);
      setTimeout(() => this.#next(), PAUSE);
      return;
    }
    if (message) this.#messages.shift();
    this.#keep();
    if (this.#error) this.#report(message);
    else if (message) this.ondelivered(message.id);
    this.#next();
  }

  #failed(error, tryAgain) {
    this.#error = error;
    this.#isToTryAgain = Boolean(tryAgain);
    // If nothing is on its way, it is about no message of ours.
    if (!this.#client.isAsked) this.#report(null);
  }

  #lost() {
    this.#inFlight = null;
    if (this.#error) this.#report(null);
  }

  #report(message) {
    const error = this.#error;
    this.#error = null;
    this.#isToTryAgain = false;
    this.onerror(error, message?.id);
  }

  #keep() {
    keep(this.#name, this.#messages);
  }
}
