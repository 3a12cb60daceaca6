"""A consumer that knows its groups, and leaves them however its connection ends."""

from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer


class GroupConsumer(AsyncWebsocketConsumer):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.joined: set[str] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self.clean_up()

    async def clean_up(self) -> None:
        """Run once, when the connection is over; a subclass may add to it."""
        await self.leave_all()

    async def join(self, group: str) -> None:
        """Hear what is sent to a group from now on."""
        self.joined.add(group)
        await self.channel_layer.group_add(group, self.channel_name)

    async def leave(self, group: str) -> None:
        self.joined.discard(group)
        await self.channel_layer.group_discard(group, self.channel_name)

    async def leave_all(self) -> None:
        for group in list(self.joined):
            await self.leave(group)
