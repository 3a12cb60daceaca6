from channels.generic.websocket import AsyncWebsocketConsumer

MAX_TEXT_LENGTH = 4096

CLOSE_NOT_TEXT = 4003
CLOSE_TOO_LONG = 4009


class ChatConsumer(AsyncWebsocketConsumer):
    """Sends every text to everyone who is connected, its sender included."""

    groups = ["chat"]

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        """Send a text to the group. Refuse bytes, and a text that is too long."""
        if text_data is None:
            await self.close(CLOSE_NOT_TEXT, "Send text, not bytes.")
        elif len(text_data) > MAX_TEXT_LENGTH:
            await self.close(
                CLOSE_TOO_LONG, f"Send at most {MAX_TEXT_LENGTH} characters."
            )
        else:
            await self.channel_layer.group_send(
                "chat", {"type": "chat.message", "text": text_data}
            )

    async def chat_message(self, event: dict[str, str]) -> None:
        """Hand an event of the group on to the client."""
        await self.send(text_data=event["text"])
