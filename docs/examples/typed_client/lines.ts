import type { FromChat } from "./messages.ts";

// The line that a page shows for a message.
export function lineOf(message: FromChat): string {
  switch (message.action) {
    case "new_chat_message":
      return `${message.payload.name}: ${message.payload.message}`;
    case "dice_rolled":
      return `${message.payload.name} rolled ${message.payload.total}`;
    case "announcement":
      return message.payload.message;
    case "user_joined":
      return `${message.payload.name} has come`;
    case "user_left":
      return `${message.payload.name} has left`;
    case "members":
      return `Here: ${message.payload.names.join(", ")}`;
    case "error":
      return `Error: ${JSON.stringify(message.payload)}`;
    case "history":
    case "message_saved":
    case "pong":
    case "typing":
      return "";
    default:
      // The compiler stops here if a message is missing above.
      message satisfies never;
      // A newer server may send one that it did not know.
      return "";
  }
}
