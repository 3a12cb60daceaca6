import hashlib

from channels.generic.websocket import AsyncWebsocketConsumer

MAX_TEXT_LENGTH = 4096
MAX_ROOM_LENGTH = 80

CLOSE_NOT_TEXT = 4003
CLOSE_BAD_ROOM = 4004
CLOSE_TOO_LONG = 4009


def group_of(room: str) -> str:
    """The name of the room's group.

    A room may have any name, a group may not: ASCII letters, digits, "-", "_" and
    "." only, fewer than 100 of them.
    """
    return f"room.{hashlib.sha256(room.encode()).hexdigest()}"


class ChatConsumer(AsyncWebsocketConsumer):
    """Sends every text to everyone in the same room, its sender included."""

    async def connect(self) -> None:
        """Let the client into the room of the address, unless its name is too long."""
        room = self.scope["url_route"]["kwargs"]["room"]
        if len(room) > MAX_ROOM_LENGTH:
            # A browser sees the code of a close only after an accept.
            await self.accept()
            await self.close(
                CLOSE_BAD_ROOM,
                f"Choose a room name of at most {MAX_ROOM_LENGTH} characters.",
            )
        else:
            group = group_of(room)
            await self.channel_layer.group_add(group, self.channel_name)
            self.groups.append(group)
            await self.accept()

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        """Send a text to the room. Refuse bytes, and a text that is too long."""
        if text_data is None:
            await self.close(CLOSE_NOT_TEXT, "Send text, not bytes.")
        elif len(text_data) > MAX_TEXT_LENGTH:
            await self.close(
                CLOSE_TOO_LONG, f"Send at most {MAX_TEXT_LENGTH} characters."
            )
        else:
            for group in self.groups:
                await self.channel_layer.group_send(
                    group, {"type": "chat.message", "text": text_data}
                )

    async def chat_message(self, event: dict[str, str]) -> None:
        """Hand an event of the group on to the client."""
        await self.send(text_data=event["text"])
