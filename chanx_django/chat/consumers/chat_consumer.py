import asyncio
import logging
import uuid
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from channels.exceptions import ChannelFull
from channels.layers import BaseChannelLayer, get_channel_layer
from chanx.core.decorators import channel, ws_handler
from chanx.messages.base import BaseMessage
from chanx.messages.incoming import PingMessage
from chanx.messages.outgoing import ErrorMessage, PongMessage
from django.conf import settings

from accounts import rights
from accounts.rights import NO_MEMBER, Refused, Right
from chat import history, presence
from chat.consumers.limited import LimitedConsumer
from chat.dice import parse_dice, roll_dice
from chat.fan_out import FanOutConsumer, broadcast, default_layer
from chat.messages import (
    Announcement,
    ChatMessagePayload,
    DiceRolled,
    GetHistory,
    History,
    MemberPayload,
    Members,
    MembersPayload,
    MessageSaved,
    MessageSavedPayload,
    NewChatMessage,
    Typing,
    UserJoined,
    UserLeft,
    WhoIsHere,
)
from chat.models import Room
from chat.names import fault_in
from chat.rooms import EVERYBODY, PRIVATE, fault_in_room, group_of

# Whoever asks who is here pays a token for so many names, and gets the first of them.
NAMES_FOR_A_TOKEN = 5
MAX_NAMES = 1000
# The same for messages that were said before.
MESSAGES_FOR_A_TOKEN = 20

CLOSE_BAD_USERNAME = 4001
CLOSE_BAD_ROOM = 4004
CLOSE_ROOM_DELETED = 4011

# Who changes servers is away for a moment. And so long other servers may take to say
# that somebody is there.
SECONDS_TO_COME_BACK = 1
SECONDS_TO_ANSWER = 1

logger = logging.getLogger(__name__)


def username_in(query_string: bytes) -> str | None:
    """The username in a query string, without spaces around it; None if left out."""
    query = parse_qs(query_string.decode(errors="replace"), keep_blank_values=True)
    return query["username"][0].strip() if "username" in query else None


@channel(description="A room. Add ?username= to be seen in it, and for a fixed name.")
class ChatConsumer(LimitedConsumer, FanOutConsumer):  # type: ignore[misc]
    """One client in one room."""

    # Events that go to the client as they are.
    passthrough_events = [Announcement, DiceRolled, Members]
    # Messages that no handler sends.
    emits = [UserJoined, UserLeft, MessageSaved]

    # Stays empty for a client that is not let in.
    room_group = ""
    # The room's key in the database, once the client has said or asked something.
    room_key: int | None = None
    # A guest without a name in the address has none.
    right: Right | None = None
    # What a client sends counts from the moment it is in until it is refused.
    is_heard = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Run the consumer, and take its name off the lists however it ends."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            rights.held.pop(self, None)
            presence.remove(self.room_group, self.channel_name)

    async def post_authentication(self) -> None:
        """Let the client in, unless a name in the address is refused."""
        self.room = self.scope["url_route"]["kwargs"]["group_name"]
        self.username = username_in(self.scope["query_string"])
        if self.scope["user"].is_authenticated:
            self.username = self.scope["user"].username
        if fault := fault_in_room(self.room):
            await self.refuse(CLOSE_BAD_ROOM, fault)
        elif self.username is not None and (fault := fault_in(self.username)):
            await self.refuse(CLOSE_BAD_USERNAME, fault)
        else:
            await self.enter_by_right()

    async def enter_by_right(self) -> None:
        """Enter the room, unless it or the name belongs to others."""
        try:
            self.right = await rights.enter(self.scope, self.room, self.username)
        except Refused as refused:
            await self.refuse(*refused.refusal)
        else:
            await self.enter(group_of(self.room))

    async def enter(self, group: str) -> None:
        """Join the room's group and everybody's, and tell the room who has come."""
        self.in_turn = asyncio.Lock()
        await self.join_group(group)
        await self.join_group(EVERYBODY)
        self.room_group = group
        self.is_heard = True
        if self.right:
            self.room_key = self.right.room_id
            rights.held[self] = self.right
        if self.username and presence.add(group, self.channel_name, self.username):
            joined = UserJoined(payload=MemberPayload(name=self.username))
            await self.tell_the_others(joined)

    async def websocket_disconnect(self, message: Any) -> None:
        """Leave the groups, then tell the room who has left."""
        rights.held.pop(self, None)
        username = presence.remove(self.room_group, self.channel_name)
        self.leave_groups()
        try:
            await super().websocket_disconnect(message)
        finally:
            if username and not await self.is_still_here(username):
                left = UserLeft(payload=MemberPayload(name=username))
                await self.tell_the_others(left)

    async def is_still_here(self, name: str) -> bool:
        """Whether the room has somebody of that name, at another process or again."""
        if not settings.REDIS_URL:
            return False
        await asyncio.sleep(SECONDS_TO_COME_BACK)
        layer = default_layer()
        channel = await layer.new_channel()
        await layer.group_send(
            self.room_group, {"type": "member.wanted", "name": name, "channel": channel}
        )
        answers = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                # Up to the time-out, after which the layer forgets the channel.
                while await layer.receive(channel):
                    answers += 1
        return answers > 0

    async def member_wanted(self, event: dict[str, str]) -> None:
        """A process asks for a name: this connection answers for its own."""
        if event["name"] in presence.names(self.room_group):
            await default_layer().send(event["channel"], {"type": "member.found"})

    async def handle_json(self, content: dict[str, Any], **kwargs: Any) -> None:
        """Handle one message after the other; Chanx would begin each at once.

        So the room hears them in order, and a pong says that those before are done.
        """
        async with self.in_turn:
            await super().handle_json(content, **kwargs)

    @ws_handler(summary="Check that the connection is alive")
    async def handle_ping(self, _message: PingMessage) -> PongMessage:
        """Answer: the client is in its room, and what it sent before is done."""
        return PongMessage()

    @ws_handler(output_type=NewChatMessage, summary="Say something, or /roll 2d6")
    async def handle_new_chat_message(
        self, message: NewChatMessage
    ) -> ErrorMessage | None:
        """Store it and send it to the others, or roll the dice that it asks for."""
        payload = message.payload
        payload.name = await self.name_for(payload.name)
        if not self.room.startswith(PRIVATE):
            logger.info("%r sent %r", payload.name, payload.message)

        command, _, dice = payload.message.partition(" ")
        if command == "/roll":
            await rights.in_thread(rights.require_still)(self.right, payload.name)
            return await self.roll(payload, dice)
        key = await self.find_room()
        store = history.in_thread(history.store)
        stored, is_new = await store(key, payload, self.right)
        if stored.id is not None:
            saved = MessageSavedPayload(
                **stored.model_dump(include={"id", "seq", "sent_at"})
            )
            await self.send_message(MessageSaved(payload=saved))
        if is_new:
            said = ChatMessagePayload(**stored.model_dump())
            await self.tell_the_others(NewChatMessage(payload=said))
        return None

    @ws_handler(summary="Ask for what was said before")
    async def handle_get_history(self, message: GetHistory) -> History | ErrorMessage:
        """Answer with messages of the room, after saying which of them are gone."""
        if self.room_key is None:
            self.room_key = await history.in_thread(history.find)(self.room)
        get = history.in_thread(history.get)
        try:
            answer, deleted = await get(self.room_key, message.payload, self.right)
        except ValueError as error:
            return ErrorMessage(payload={"detail": str(error)})
        if deleted:
            await self.send_message(ErrorMessage(payload={"detail": deleted}))
        self.bucket.take(len(answer.messages) / MESSAGES_FOR_A_TOKEN)
        return History(payload=answer)

    async def find_room(self) -> int:
        """The room's key. A room that is made anew has another, and other numbers."""
        if self.room_key is None:
            self.room_key = await history.in_thread(history.key_of)(self.room)
        return self.room_key

    async def name_for(self, name: str) -> str:
        """The name that the room sees. Raises Refused for one that is an account's."""
        if self.right is None:
            await rights.in_thread(rights.require_still)(None, name)
        return self.username or name

    @ws_handler(output_type=Typing, summary="Begin or stop typing")
    async def handle_typing(self, message: Typing) -> None:
        """Send it to the others."""
        message.payload.name = await self.name_for(message.payload.name)
        await self.tell_the_others(message)

    @ws_handler(summary="Ask who is in the room")
    async def handle_who_is_here(self, _message: WhoIsHere) -> Members:
        """Answer with the names of this process, and ask the other processes."""
        if settings.REDIS_URL:
            await default_layer().group_send(
                self.room_group,
                {
                    "type": "members.wanted",
                    "process": presence.PROCESS,
                    "channel": self.channel_name,
                },
            )
        members = self.members()
        self.bucket.take(len(members.payload.names) / NAMES_FOR_A_TOKEN)
        return members

    async def members_wanted(self, event: dict[str, str]) -> None:
        """Another process asks: this connection answers for its own."""
        if event["process"] != presence.PROCESS and presence.names(self.room_group):
            await broadcast(self.members(), self.room_group, only=event["channel"])

    def members(self) -> Members:
        """The names that this process knows in the room, or the first of very many."""
        names = presence.names(self.room_group)[:MAX_NAMES]
        return Members(payload=MembersPayload(names=names))

    async def roll(self, asked: ChatMessagePayload, dice: str) -> ErrorMessage | None:
        """Have the dice rolled by a worker, or here if there is no layer for tasks."""
        try:
            count, sides = parse_dice(dice)
            tasks = get_channel_layer("tasks")
            if tasks is None:
                rolled = roll_dice(asked.name, count, sides, asked.id)
                await broadcast(rolled, self.room_group)
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
                # One that is asked for again after an outage is done once all the same.
                "id": asked.id or uuid.uuid4().hex,
                "count": count,
                "sides": sides,
                "username": asked.name,
                "group": self.room_group,
            },
        )

    async def tell_the_others(self, message: BaseMessage) -> None:
        """Send a message to the room, but not to this connection."""
        await broadcast(message, self.room_group, without=self.channel_name)

    async def handle_message_handler_error(
        self, error: Exception, action: str, message: BaseMessage
    ) -> None:
        """Close if the room or the right to be in it has ended."""
        if isinstance(error, Refused) and self.username is None:
            # The message is at fault, and the next one may have another name.
            await self.tell_error(error.refusal.error)
        elif isinstance(error, Refused):
            await self.refuse(*error.refusal)
        elif isinstance(error, Room.DoesNotExist) and self.room.startswith(PRIVATE):
            await self.refuse(*NO_MEMBER)
        elif isinstance(error, Room.DoesNotExist):
            await self.refuse(
                CLOSE_ROOM_DELETED,
                "This room was deleted. Enter it again to begin a new one.",
            )
        else:
            await super().handle_message_handler_error(error, action, message)
