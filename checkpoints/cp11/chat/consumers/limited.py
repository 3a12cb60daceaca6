"""What every consumer with typed messages refuses, whatever it is for."""

import logging
from typing import Any

from channels.exceptions import StopConsumer
from chanx.channels.websocket import AsyncJsonWebsocketConsumer, ReceiveEvent
from chanx.messages.base import BaseMessage
from chanx.messages.outgoing import ErrorMessage
from django.conf import settings
from django.db import Error
from pydantic import ValidationError
from redis.exceptions import RedisError

from accounts.middleware import CLOSE_NO_DATABASE
from chat import database
from chat.messages import MAX_ID_LENGTH
from chat.outage import CLOSE_NO_REDIS, explain, for_client
from chat.rate_limit import TokenBucket

MAX_FRAME_LENGTH = 65_536
MAX_FAULT_LENGTH = 300
CLOSE_TOO_FAST = 4008
CLOSE_TOO_LONG = 4009

logger = logging.getLogger(__name__)


class LimitedConsumer(AsyncJsonWebsocketConsumer[ReceiveEvent]):
    """A consumer that takes only so much, and answers a fault with a sentence."""

    # Any consumer of this kind may send it, whatever it is asked.
    emits = [ErrorMessage]

    # What a client sends counts until it is refused.
    is_heard = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bucket = TokenBucket(
            settings.RATE_LIMIT_BURST, settings.RATE_LIMIT_PER_SECOND
        )

    async def receive(
        self,
        text_data: str | None = None,
        bytes_data: bytes | None = None,
        **kwargs: Any,
    ) -> None:
        """Pass a frame on to Chanx, unless it is too long or comes too fast."""
        if not self.is_heard:
            return
        if len(text_data or bytes_data or "") > MAX_FRAME_LENGTH:
            await self.refuse(
                CLOSE_TOO_LONG, f"Send at most {MAX_FRAME_LENGTH:,} characters at once."
            )
        elif await self.is_slow_enough():
            await super().receive(text_data, bytes_data, **kwargs)

    async def is_slow_enough(self) -> bool:
        """Count a frame. One that comes too fast is answered here, and not handled."""
        self.bucket.take()
        if self.bucket.is_hopeless:
            await self.refuse(
                CLOSE_TOO_FAST,
                "You went on sending too fast. Connect again, and send at most"
                f" {self.bucket.per_second:g} messages a second.",
            )
        elif self.bucket.is_in_debt:
            await self.tell_error(
                "Not sent, because you send too fast: at most"
                f" {self.bucket.size:g} messages at once, then"
                f" {self.bucket.per_second:g} a second."
                f" Wait {self.bucket.wait} s, then send it again."
            )
        return not self.bucket.is_in_debt

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        """Pass on a message, unless Chanx would send back all of what it does not use.

        A topic is for consumers that have several; a ref comes back with each answer.
        """
        envelope = content if isinstance(content, dict) else {}
        if "topic" in envelope or len(str(envelope.get("ref"))) > MAX_ID_LENGTH:
            await self.tell_error(
                f"Leave out topic, and ref if it has over {MAX_ID_LENGTH} characters."
            )
        else:
            await super().receive_json(content, **kwargs)

    async def handle_validation_error(self, error: ValidationError) -> None:
        """Answer with what is wrong, and only the beginning of what a fault quotes."""
        faults = error.errors(
            include_url=False, include_context=False, include_input=False
        )
        for fault in faults:
            fault["msg"] = fault["msg"][:MAX_FAULT_LENGTH]
        await self.send_message(ErrorMessage(payload=faults))

    async def dispatch(self, message: Any) -> None:
        """Handle an event, and close if it needs what fails: Redis or the database."""
        try:
            await super().dispatch(message)
        except RedisError as error:
            logger.error(explain(error))
            await self.refuse(CLOSE_NO_REDIS, for_client(error))
            if message["type"] == "websocket.disconnect":
                raise StopConsumer from None
        except Error as error:
            logger.error(database.explain(error))
            await self.refuse(CLOSE_NO_DATABASE, database.TRY_AGAIN)

    async def handle_message_handler_error(
        self, error: Exception, action: str, message: BaseMessage
    ) -> None:
        """Close with 4013 if Redis fails, and say so if the database does."""
        if isinstance(error, RedisError):
            logger.error(explain(error))
            await self.refuse(CLOSE_NO_REDIS, for_client(error))
        elif isinstance(error, Error):
            logger.error(database.explain(error))
            await self.send_message(ErrorMessage(payload=database.for_client(message)))
        else:
            await super().handle_message_handler_error(error, action, message)

    async def tell_error(self, detail: str) -> None:
        """Answer with a sentence."""
        await self.send_message(ErrorMessage(payload={"detail": detail}))

    async def refuse(self, code: int, error: str) -> None:
        """Close, after a message that says what to do: Daphne sends no close reason."""
        self.is_heard = False
        await self.tell_error(error)
        await self.close(code, error)
