import asyncio
from typing import Any

from chanx.channels.websocket import ReceiveEvent

from accounts import rights
from chat.consumers.limited import LimitedConsumer
from system.owners import owner_of


class OwnedConsumer(LimitedConsumer[ReceiveEvent]):
    """A connection of a user, or of a browser. It ends with the user's right."""

    # Stays empty for a program that has no session.
    owner = ""
    # What it does beside answering, if it does.
    task: asyncio.Task[Any] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Run the consumer, and let nothing of it go on however it ends."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            rights.held.pop(self, None)
            if self.task:
                self.task.cancel()

    async def post_authentication(self) -> None:
        """Find out whose it is."""
        find = rights.in_thread(owner_of)
        self.owner = await find(self.scope["user"], self.scope["session"])
        if right := await rights.enter(self.scope, "", None):
            rights.held[self] = right
