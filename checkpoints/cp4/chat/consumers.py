import hashlib
import json
import logging
from urllib.parse import parse_qs

from channels.exceptions import ChannelFull
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import BaseChannelLayer, get_channel_layer

from chat.dice import parse_dice, roll_dice
from chat.names import fault_in

MAX_TEXT_LENGTH = 4096
MAX_ROOM_LENGTH = 80

CLOSE_BAD_USERNAME = 4001
CLOSE_NOT_TEXT = 4003
CLOSE_BAD_ROOM = 4004
CLOSE_TOO_LONG = 4009

logger = logging.getLogger(__name__)


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
        """Handle a text. Refuse bytes, and a text that is too long."""
        if text_data is None:
            await self.refuse(CLOSE_NOT_TEXT, "Send text, not bytes.")
        elif len(text_data) > MAX_TEXT_LENGTH:
            await self.refuse(
                CLOSE_TOO_LONG, f"Send at most {MAX_TEXT_LENGTH} characters."
            )
        else:
            logger.info("%r sent %r", self.username, text_data)
            await self.handle(text_data)

    async def handle(self, text: str) -> None:
        """Roll dice for `/roll 2d6`, and send any other text to the room."""
        command, _, dice = text.partition(" ")
        if command == "/roll":
            await self.roll(dice)
        else:
            await self.say(text)

    async def say(self, text: str) -> None:
        """Send a text to the room."""
        for group in self.groups:
            await self.channel_layer.group_send(
                group,
                {"type": "chat.message", "username": self.username, "message": text},
            )

    async def roll(self, dice: str) -> None:
        """Have the dice rolled by a worker, or here if there is no layer for tasks."""
        try:
            count, sides = parse_dice(dice)
            tasks = get_channel_layer("tasks")
            if tasks is None:
                await self.say(roll_dice(count, sides))
            else:
                await self.queue_roll(tasks, count, sides)
        except ValueError as error:
            await self.send_json({"error": str(error)})
        except ChannelFull:
            await self.send_json(
                {"error": "Too many rolls are waiting. Try again in a moment."}
            )

    async def queue_roll(self, tasks: BaseChannelLayer, count: int, sides: int) -> None:
        """Give the roll to the workers. Raises ChannelFull if too many are waiting."""
        for group in self.groups:
            await tasks.send(
                "dice",
                {
                    "type": "dice.roll",
                    "count": count,
                    "sides": sides,
                    "username": self.username,
                    "group": group,
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
