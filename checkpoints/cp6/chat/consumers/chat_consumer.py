import logging
import uuid
from typing import Any
from urllib.parse import parse_qs

from channels.exceptions import ChannelFull, StopConsumer
from channels.layers import BaseChannelLayer, get_channel_layer
from chanx.channels.websocket import AsyncJsonWebsocketConsumer
from chanx.core.decorators import channel, ws_handler
from chanx.messages.base import BaseMessage
from chanx.messages.incoming import PingMessage
from chanx.messages.outgoing import ErrorMessage, PongMessage
from redis.exceptions import RedisError

from chat.dice import parse_dice, roll_dice
from chat.messages import (
    Announcement,
    ChatMessagePayload,
    DiceRolled,
    NewChatMessage,
    now,
)
from chat.names import fault_in
from chat.outage import CLOSE_NO_REDIS, explain, for_client
from chat.rooms import EVERYBODY, fault_in_room, group_of

MAX_FRAME_LENGTH = 65_536

CLOSE_BAD_USERNAME = 4001
CLOSE_BAD_ROOM = 4004
CLOSE_TOO_LONG = 4009

logger = logging.getLogger(__name__)


def username_in(query_string: bytes) -> str | None:
    """The username in a query string, without spaces around it; None if left out."""
    query = parse_qs(query_string.decode(errors="replace"), keep_blank_values=True)
    return query["username"][0].strip() if "username" in query else None


@channel(description="A room. Add ?username= for a fixed name.")
class ChatConsumer(AsyncJsonWebsocketConsumer):
    """One client in one room."""

    # Events that go to the client as they are.
    passthrough_events = [Announcement, DiceRolled]

    # Stays empty for a client that is not let in.
    room_group = ""
    # What a client sends counts from the moment it is in until it is refused.
    is_heard = False

    async def post_authentication(self) -> None:
        """Let the client in, unless a name in the address is refused."""
        room = self.scope["url_route"]["kwargs"]["group_name"]
        self.username = username_in(self.scope["query_string"])
        if fault := fault_in_room(room):
            await self.refuse(CLOSE_BAD_ROOM, fault)
        elif self.username is not None and (fault := fault_in(self.username)):
            await self.refuse(CLOSE_BAD_USERNAME, fault)
        else:
            await self.enter(group_of(room))

    async def enter(self, group: str) -> None:
        """Join the room's group and everybody's."""
        await self.join_group(group)
        await self.join_group(EVERYBODY)
        self.room_group = group
        self.is_heard = True

    async def receive(
        self,
        text_data: str | None = None,
        bytes_data: bytes | None = None,
        **kwargs: Any,
    ) -> None:
        """Pass a frame on to Chanx, unless it is too long."""
        if not self.is_heard:
            return
        if len(text_data or bytes_data or "") > MAX_FRAME_LENGTH:
            await self.refuse(
                CLOSE_TOO_LONG, f"Send at most {MAX_FRAME_LENGTH:,} characters at once."
            )
        else:
            await super().receive(text_data, bytes_data, **kwargs)

    @ws_handler(summary="Check that the connection is alive")
    async def handle_ping(self, _message: PingMessage) -> PongMessage:
        """Answer: the client is in its room."""
        return PongMessage()

    @ws_handler(output_type=NewChatMessage, summary="Say something, or /roll 2d6")
    async def handle_new_chat_message(
        self, message: NewChatMessage
    ) -> ErrorMessage | None:
        """Send it to the others, or roll the dice that it asks for."""
        payload = message.payload
        payload.name = self.username or payload.name
        payload.sent_at = now()
        logger.info("%r sent %r", payload.name, payload.message)

        command, _, dice = payload.message.partition(" ")
        if command == "/roll":
            return await self.roll(payload, dice)
        await self.tell_the_others(message)
        return None

    async def roll(self, asked: ChatMessagePayload, dice: str) -> ErrorMessage | None:
        """Have the dice rolled by a worker, or here if there is no layer for tasks."""
        try:
            count, sides = parse_dice(dice)
            tasks = get_channel_layer("tasks")
            if tasks is None:
                rolled = roll_dice(asked.name, count, sides, asked.id)
                await self.broadcast_event(rolled, self.room_group)
            else:
                await self.queue_roll(tasks, asked, count, sides)
        except ValueError as error:
            return ErrorMessage(payload={"detail": str(error)})
        except ChannelFull:
            return ErrorMessage(
                payload={"detail": "Too many rolls are waiting. Try again in a moment."}
            )
        return None

    async def queue_roll(
        self, tasks: BaseChannelLayer, asked: ChatMessagePayload, count: int, sides: int
    ) -> None:
        """Give the roll to the workers. Raises ChannelFull if too many are waiting."""
        await tasks.send(
            "dice",
            {
                "type": "dice.roll",
                "id": asked.id or uuid.uuid4().hex,
                "count": count,
                "sides": sides,
                "username": asked.name,
                "group": self.room_group,
            },
        )

    async def tell_the_others(self, message: BaseMessage) -> None:
        """Send a message to the room, but not to this connection."""
        await self.broadcast_message(message, [self.room_group], exclude_current=True)

    async def refuse(self, code: int, error: str) -> None:
        """Close, after a message that says what to do: Daphne sends no close reason."""
        self.is_heard = False
        await self.send_message(ErrorMessage(payload={"detail": error}))
        await self.close(code, error)

    async def dispatch(self, message: Any) -> None:
        """Handle an event, and close with 4013 if that needs Redis and it fails."""
        try:
            await super().dispatch(message)
        except RedisError as error:
            logger.error(explain(error))
            await self.refuse(CLOSE_NO_REDIS, for_client(error))
            if message["type"] == "websocket.disconnect":
                raise StopConsumer from None

    async def handle_message_handler_error(
        self, error: Exception, action: str, message: BaseMessage
    ) -> None:
        """Close with 4013 if Redis fails; leave any other error to Chanx."""
        if isinstance(error, RedisError):
            logger.error(explain(error))
            await self.refuse(CLOSE_NO_REDIS, for_client(error))
        else:
            await super().handle_message_handler_error(error, action, message)
