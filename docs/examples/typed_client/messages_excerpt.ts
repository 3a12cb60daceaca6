export type ToChat = GetHistory | NewChatMessage | PingMessage | Typing | WhoIsHere;

export interface NewChatMessage {
  action: "new_chat_message";
  payload: ChatMessagePayload;
}

export interface ChatMessagePayload {
  message: string;
  name: string;
  sent_at?: string | null;
  id?: string | null;
  seq?: number | null;
  registered?: boolean;
}
