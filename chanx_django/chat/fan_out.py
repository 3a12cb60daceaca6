"""How a broadcast reaches everybody in a group.

A process is in a group once, however many of its connections are. So a broadcast is
encoded once, and crosses the channel layer once for each process.
"""

import asyncio
import json
import logging
import uuid
from typing import Any

from channels.layers import BaseChannelLayer, get_channel_layer
from chanx.channels.websocket import AsyncJsonWebsocketConsumer
from chanx.messages.base import BaseMessage
from chanx.messages.outgoing import GroupCompleteMessage
from django.conf import settings

from chat.delivery import deliver

CLOSE_TOO_SLOW = 4010

Event = dict[str, Any]

logger = logging.getLogger(__name__)


async def broadcast(
    message: BaseMessage, group: str, *, without: str = "", only: str = ""
) -> None:
    """Send a message to everybody in a group.

    `without` is the channel name of one who is left out, `only` that of one who is not.
    """
    texts = [encode(message)]
    if settings.CHANX.get("SEND_COMPLETION"):
        texts.append(encode(GroupCompleteMessage()))
    event = {"type": "fan_out", "texts": texts, "without": without, "only": only}
    await default_layer().group_send(group, event)


def encode(message: BaseMessage) -> str:
    """The text of a message, as JSON."""
    return json.dumps(message.model_dump(mode="json"))


def default_layer() -> BaseChannelLayer:
    """The layer `default`, which the settings always have."""
    layer = get_channel_layer()
    assert layer
    return layer


class LocalGroup:
    """Those members of a group that are connected to this process."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.members: list[FanOutConsumer] = []
        self.listener: asyncio.Task[None] | None = None
        self.door = asyncio.Lock()

    async def enter(self, member: "FanOutConsumer") -> None:
        """Add a member. Raises RedisError if the group can't be joined."""
        self.members.append(member)
        # The first one opens. Whoever comes meanwhile waits until that is done.
        async with self.door:
            if not self.listener:
                layer = default_layer()
                channel = await layer.new_channel()
                try:
                    await layer.group_add(self.name, channel)
                except BaseException:
                    # The layer has noted it already, and would keep all it hears.
                    await layer.group_discard(self.name, channel)
                    raise
                self.listener = asyncio.create_task(self.listen(layer, channel))

    def leave(self, member: "FanOutConsumer") -> None:
        """Remove a member; the last one ends the group in this process."""
        self.members.remove(member)
        if not self.members:
            del local_groups[self.name]
            if self.listener:
                self.listener.cancel()

    async def listen(self, layer: BaseChannelLayer, channel: str) -> None:
        """Hand on what the group is told, until the last member leaves."""
        try:
            while True:
                try:
                    await self.hand_on(await layer.receive(channel))
                except Exception:
                    # All members hear through this loop: whatever fails, it goes on.
                    logger.exception("Nobody in %s hears an event:", self.name)
                    await asyncio.sleep(1)
        finally:
            await layer.group_discard(self.name, channel)

    async def hand_on(self, event: Event) -> None:
        """Send a broadcast to those it is for, and let one member answer a question.

        Whoever reaches the layer can send anything to the group. Only what has the form
        of one of these counts.
        """
        match event:
            case {
                "type": "fan_out",
                "texts": [*texts],
                "without": str(without),
                "only": str(only),
            } if all(isinstance(text, str) for text in texts):
                frames = [{"type": "websocket.send", "text": text} for text in texts]
                await deliver(self.meant(without, only), frames)
            case {"type": "members.wanted", "process": str(), "channel": str()} | {
                "type": "member.wanted",
                "name": str(),
                "channel": str(),
            }:
                # A question to this process: any member can answer it.
                await self.members[0].dispatch(event)
            case _:
                logger.error("Nobody in %s hears %r", self.name, event)

    def meant(self, without: str, only: str) -> "list[FanOutConsumer]":
        """Whom a broadcast is for."""
        if only:
            return [member for member in self.members if member.channel_name == only]
        return [member for member in self.members if member.channel_name != without]


# The groups of which this process has members, by name.
local_groups: dict[str, LocalGroup] = {}


class FanOutConsumer(AsyncJsonWebsocketConsumer):
    """A consumer that is in a group through its process, and has no channel itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # There is no layer of that name, so Channels makes no channel.
        self.channel_layer_alias = ""
        # The name is still what tells this connection from all others.
        self.channel_name = uuid.uuid4().hex
        self.joined: list[LocalGroup] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Run the consumer, and leave its groups however it ends."""
        self.send_to_client = send
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.leave_groups()

    async def join_group(self, group: str) -> None:
        """Enter a group, until the end of the connection."""
        if group not in local_groups:
            local_groups[group] = LocalGroup(group)
        self.joined.append(local_groups[group])
        await local_groups[group].enter(self)

    def leave_groups(self) -> None:
        """Leave all groups."""
        while self.joined:
            self.joined.pop().leave(self)

    def hang_up(self) -> None:
        """Leave the groups, and close without waiting until the client knows it."""
        self.leave_groups()
        self.farewell = asyncio.create_task(self.close(CLOSE_TOO_SLOW))
