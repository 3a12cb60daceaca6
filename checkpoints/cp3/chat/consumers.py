import hashlib
import json
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer

from chat.names import fault_in

MAX_TEXT_LENGTH = 4096
MAX_ROOM_LENGTH = 80

CLOSE_BAD_USERNAME = 4001
CLOSE_NOT_TEXT = 4003
CLOSE_BAD_ROOM = 4004
CLOSE_TOO_LONG = 4009


def group_of(room: str) -> str:
    """The name of the room's group.

    A room may have any name, a group may not: ASCII letters, digits, "-", "_" and
    "." only, fewer than 100 of them.
    """
    return f"room.{hashlib.sha256(room.encode()).hexdigest()}"


def username_in(query_string: bytes) -> str:
    """The username in a query string, without spaces around it; "" if there is none."""
    query = parse_qs(query_string.decode(errors="replace"))
    return query.get("username", [""])[0].strip()


class ChatConsumer(AsyncWebsocketConsumer):
    """Sends every text, with the name of its sender, to everyone in the same room."""

    async def connect(self) -> None:
        """Let the client into its room, unless a name in the address is refused."""
        room = self.scope["url_route"]["kwargs"]["room"]
        self.username = username_in(self.scope["query_string"])
        if len(room) > MAX_ROOM_LENGTH:
            # A browser sees the code of a close only after an accept.
            await self.accept()
            await self.refuse(
                CLOSE_BAD_ROOM,
                f"Choose a room name of at most {MAX_ROOM_LENGTH} characters.",
            )
        elif fault := fault_in(self.username):
            await self.accept()
            await self.refuse(CLOSE_BAD_USERNAME, fault)
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
            await self.refuse(CLOSE_NOT_TEXT, "Send text, not bytes.")
        elif len(text_data) > MAX_TEXT_LENGTH:
            await self.refuse(
                CLOSE_TOO_LONG, f"Send at most {MAX_TEXT_LENGTH} characters."
            )
        else:
            for group in self.groups:
                await self.channel_layer.group_send(
                    group,
                    {
                        "type": "chat.message",
                        "username": self.username,
                        "message": text_data,
                    },
                )

    async def chat_message(self, event: dict[str, str]) -> None:
        """Hand an event of the group on to the client."""
        await self.send_json(
            {"username": event["username"], "message": event["message"]}
        )

    async def refuse(self, code: int, error: str) -> None:
        """Close, after a frame that says what to do: Daphne sends no close reason."""
        await self.send_json({"error": error})
        await self.close(code, error)

    async def send_json(self, content: dict[str, str]) -> None:
        """Send a dictionary, as a text frame of JSON."""
        await self.send(text_data=json.dumps(content))
