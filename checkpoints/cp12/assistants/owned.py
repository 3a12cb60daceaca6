import asyncio
from typing import Any

from chanx.messages.base import BaseMessage

from accounts import rights
from assistants.answers import Refused
from chat import frames
from system.consumers.limited import LimitedConsumer
from system.owners import owner_of


class OwnedConsumer(LimitedConsumer):
    """Knows whose a connection is, and says what is refused."""

    # The task that sends an answer to this client, while there is one.
    following: asyncio.Task[Any] | None = None
    # Where it comes from.
    address = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Run the consumer, and send nothing more however it ends."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            rights.held.pop(self, None)
            if self.following:
                self.following.cancel()

    async def post_authentication(self) -> None:
        """Find out who has connected: a user, or a browser that was at the page."""
        find = rights.in_thread(owner_of)
        owner = await find(self.scope["user"], self.scope["session"])
        # A program without cookies has only this connection.
        self.owner = owner or self.channel_name
        self.address = (self.scope.get("client") or [""])[0]
        if right := await rights.enter(self.scope, "", None):
            rights.held[self] = right

    def take(self, tokens: int) -> None:
        """Count what costs so much. Raises Refused if what was sent is not read yet."""
        self.bucket.take(tokens)
        if not frames.room_for_more.get().is_set():
            raise Refused("Read first what was sent to you. Then ask for more.")

    async def handle_message_handler_error(
        self, error: Exception, action: str, message: BaseMessage
    ) -> None:
        """Answer with what is refused, or as any consumer does."""
        if isinstance(error, Refused):
            await self.tell_error(str(error))
        else:
            await super().handle_message_handler_error(error, action, message)
