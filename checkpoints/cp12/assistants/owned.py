import logging
from typing import Any

from chanx.channels.websocket import AsyncJsonWebsocketConsumer
from chanx.messages.base import BaseMessage
from chanx.messages.outgoing import ErrorMessage
from django.conf import settings
from django.db import Error

from accounts import watcher
from accounts.rights import Right
from assistants.answers import Refused
from chat import database
from chat.rate_limit import TokenBucket

logger = logging.getLogger(__name__)


class OwnedConsumer(AsyncJsonWebsocketConsumer):
    """Knows whose a connection is, how fast it may send, and what to say of errors."""

    async def post_authentication(self) -> None:
        """Find out who has connected: a user, or the session of a browser."""
        user, session = self.scope["user"], self.scope["session"]
        # A program without cookies has only this connection.
        self.owner = f"session {session.session_key or self.channel_name}"
        if user.is_authenticated:
            self.owner = f"user {user.pk}"
            right = Right(user.pk, user.get_session_auth_hash(), session.session_key)
            watcher.watch(self, right)
        self.bucket = TokenBucket(
            settings.RATE_LIMIT_BURST, settings.RATE_LIMIT_PER_SECOND
        )

    async def websocket_disconnect(self, message: Any) -> None:
        """Forget the connection."""
        watcher.forget(self)
        await super().websocket_disconnect(message)

    async def refuse(self, code: int, error: str) -> None:
        """Close, after a message that says what to do."""
        await self.send_message(ErrorMessage(payload={"detail": error}))
        await self.close(code, error)

    def take(self, tokens: int) -> None:
        """Count a message. Raises Refused if they come too fast."""
        self.bucket.take(tokens)
        if self.bucket.is_in_debt:
            raise Refused(f"Too fast. Wait {self.bucket.wait} s, then send it again.")

    async def handle_message_handler_error(
        self, error: Exception, action: str, message: BaseMessage
    ) -> None:
        """Answer with what is wrong: with the message, or with the database."""
        if isinstance(error, Refused):
            await self.send_message(ErrorMessage(payload={"detail": str(error)}))
        elif isinstance(error, Error):
            logger.error(database.explain(error))
            await self.send_message(ErrorMessage(payload=database.for_client(message)))
        else:
            await super().handle_message_handler_error(error, action, message)
