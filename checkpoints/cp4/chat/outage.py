"""What the chat does while Redis does not answer."""

import json
import logging
from typing import Any
from urllib.parse import urlsplit

from channels.middleware import BaseMiddleware
from django.conf import settings
from django.core import checks
from redis import Redis
from redis.exceptions import RedisError

CLOSE_NO_REDIS = 4013

TRY_AGAIN = "The chat can't reach its Redis. Try again in a moment."
START_REDIS = (
    "Start it with: redis-server (or, in the course's folder, docker compose up"
    " --detach redis). Unset REDIS_URL to do without Redis."
)

logger = logging.getLogger(__name__)


@checks.register
def check_redis(**kwargs: Any) -> list[checks.CheckMessage]:
    """Warn before a server or a worker starts, because both can wait for Redis."""
    if not settings.REDIS_URL:
        return []
    try:
        with Redis.from_url(settings.REDIS_URL) as redis:
            redis.ping()
    except ValueError as error:
        return [checks.Error(f"REDIS_URL is not an address: {error}", id="chat.E001")]
    except RedisError:
        # Not the whole address: it may hold a password.
        address = urlsplit(settings.REDIS_URL).netloc.rpartition("@")[2]
        return [
            checks.Warning(
                f"Redis does not answer at {address}.", START_REDIS, id="chat.W001"
            )
        ]
    return []


class OutageMiddleware(BaseMiddleware):
    """Tells a client that can't be let in, which would else see only code 1006."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Run the application. If Redis is away, say so and close with 4013."""
        try:
            await super().__call__(scope, receive, send)
        except RedisError as error:
            logger.error("Redis does not answer: %s", error)
            await send({"type": "websocket.accept"})
            text = json.dumps({"error": TRY_AGAIN})
            await send({"type": "websocket.send", "text": text})
            await send(
                {
                    "type": "websocket.close",
                    "code": CLOSE_NO_REDIS,
                    "reason": TRY_AGAIN,
                }
            )


class OneLineFilter(logging.Filter):
    """Makes an outage of Redis one line of the log instead of a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record of an outage. Every record is logged."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, RedisError) or (error and "redis" in record.name):
            record.msg, record.args = f"{record.getMessage()} {error}", ()
            record.exc_info = None
        return True
