// What was said in the room: each message once, in order, without gaps.

const PAGE = 50;

export class History {
  hasOlder = false;

  // To be set from outside. A message was missed if we were away when it was said.
  onmessage = (message, isMissed) => {};

  #client;
  #oldest = 0; // The numbers of the first message that we have ...
  #newest = null; // ... and of the last; null until the server has answered.
  #heard = 0; // The highest number that we know of.
  #isAsked = false;
  #isAskedForOlder = false;
  #wasAway = false;

  constructor(client) {
    this.#client = client;
    client.onbeat = () => this.#ask();
  }

  // The connection is lost, and with it every answer that was on its way.
  lose() {
    this.#isAsked = this.#isAskedForOlder = false;
    this.#wasAway = this.#newest !== null;
  }

  // A message that was said just now. If one before it is missing, ask for both.
  hear(message) {
    this.#heard = Math.max(this.#heard, message.seq);
    if (message.seq === this.#newest + 1) this.#take(message);
    else if (message.seq > this.#newest && !this.#isAsked) this.#ask();
  }

  askForOlder() {
    if (!this.hasOlder || this.#isAskedForOlder) return;
    this.#isAskedForOlder = true;
    this.#client.send("get_history", { before: this.#oldest, limit: PAGE });
  }

  answer({ messages, more, newest }) {
    const isOlder = messages.length > 0 && messages[0].seq < this.#oldest;
    if (this.#newest === null || isOlder) {
      this.#isAskedForOlder = false;
      this.hasOlder = more;
      this.#oldest = messages[0]?.seq ?? newest + 1;
    }
    if (isOlder) {
      for (const message of messages) this.onmessage(message, false);
      return;
    }
    this.#isAsked = false;
    const isFirst = this.#newest === null;
    for (const message of messages) {
      if (message.seq > this.#newest) this.#take(message);
    }
    // What was deleted meanwhile can't be missing. What came meanwhile is here.
    if (isFirst || !more) this.#newest = Math.max(this.#newest, newest);
    if ((more && !isFirst) || this.#newest < this.#heard) this.#ask();
    else this.#wasAway = false;
  }

  #take(message) {
    this.#newest = message.seq;
    this.onmessage(message, this.#wasAway);
  }

  #ask() {
    this.#isAsked = true;
    this.#isAskedForOlder = false;
    const after = { after: this.#newest };
    this.#client.send("get_history", this.#newest === null ? { limit: PAGE } : after);
  }
}
