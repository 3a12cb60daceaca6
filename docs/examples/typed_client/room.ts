import type { FromChat, ToChat } from "./messages.ts";

// What a room needs: something that sends text, and hands on what comes.
interface Connection {
  onmessage: (data: string) => void;
  send(data: string): void;
}

export class Room {
  #connection: Connection;

  constructor(connection: Connection, hear: (message: FromChat) => void) {
    this.#connection = connection;
    connection.onmessage = (data) => hear(JSON.parse(data));
  }

  send(message: ToChat) {
    this.#connection.send(JSON.stringify(message));
  }
}
