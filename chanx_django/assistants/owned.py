from chanx.messages.base import BaseMessage

from assistants.answers import Refused
from chat import frames
from system.consumers import owned


class OwnedConsumer(owned.OwnedConsumer):
    """Knows whose a connection is, and says what is refused."""

    # Where it comes from.
    address = ""

    async def post_authentication(self) -> None:
        """Find out whose it is. A program without cookies has only this connection."""
        await super().post_authentication()
        self.owner = self.owner or self.channel_name
        self.address = (self.scope.get("client") or [""])[0]

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
