"""What the chat does while it can't use Redis."""

import logging
import re
from functools import cache
from typing import Any

from channels.middleware import BaseMiddleware
from chanx.messages.outgoing import ErrorMessage
from django.conf import settings
from django.core import checks
from redis import ConnectionPool, Redis
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)

CLOSE_NO_REDIS = 4013

TRY_AGAIN = "The chat can't reach its Redis. Try again in a moment."
REFUSED = "The chat's Redis refuses it. The server's log says why."

# scheme://user:password@host:port/number?options, or the path of a socket.
ADDRESS = re.compile(
    r"(rediss?://([^/?#\[\]]*@)?([^/?#\[\]@:]+|\[[0-9A-Fa-f:.]+\])(:\d+)?(/\d*)?"
    r"|unix://([^/?#\[\]]*@)?/[^?#]+)(\?[^?#]*)?"
)
BAD_ADDRESS = "REDIS_URL is not an address of Redis."
WRITE_ADDRESS = (
    "Write redis://user:password@host:6379/0, where all but the host may be left out."
    " In a user and a password, write # as %23, / as %2F, ? as %3F, [ as %5B, ] as"
    " %5D, @ as %40, : as %3A and % as %25."
)
START_REDIS = (
    "Start it with: redis-server (or, in the course's folder, docker compose up"
    " --detach redis). Unset REDIS_URL to do without Redis."
)
NO_CLUSTER = (
    "Take a Redis that is not in cluster mode: the queue has several keys for a task,"
    " and a cluster has them in several places."
)
# A word of what Redis says when it refuses, and what to do.
WHAT_TO_DO = {
    "uthenticat": "Put its password into REDIS_URL: redis://:password@host:6379",
    "HELLO": "This Redis is too old for its Python client: take version 6.2 or newer.",
    "password": "Correct the user and the password in REDIS_URL.",
    "permissions": "Let the user have all commands, keys and channels that begin with"
    " the prefix in the settings: ACL SETUSER name +@all ~* &*",
    "certificate": "Name the file with your authority's certificate: rediss://host:6379"
    "?ssl_ca_certs=/path/to/ca.pem",
    "SSL": "This port does not speak TLS: write redis:// in place of rediss://.",
    "index": "Take a database that it has: 0 to 15, unless it is set up otherwise.",
    "luster": NO_CLUSTER,
    "slot": NO_CLUSTER,
    "MOVED": NO_CLUSTER,
    "read only": "Take the primary: this one is a replica, which only reads.",
    "memory": "Give it more memory, or have it forget what is old.",
}

logger = logging.getLogger(__name__)


@cache
def is_address(url: str) -> bool:
    """Whether Redis' client can read it. Remembers, because each connection asks."""
    try:
        # Which connects to nothing yet.
        ConnectionPool.from_url(url).make_connection()
    except (RedisError, TypeError, ValueError):
        return False
    return bool(ADDRESS.fullmatch(url))


def is_bad_address() -> bool:
    """Whether there is something in REDIS_URL, and it is no address."""
    return bool(settings.REDIS_URL) and not is_address(settings.REDIS_URL)


def refuse_bad_address() -> None:
    """Raise RedisError where the client's own error would show parts of a password."""
    if is_bad_address():
        raise RedisError(BAD_ADDRESS)


def is_refused(error: BaseException) -> bool:
    """Whether Redis is there and refuses, so that starting it would not help."""
    answers = (AuthenticationError, AuthorizationError, BusyLoadingError, ResponseError)
    return isinstance(error, answers) or "SSL" in str(error)


def is_hopeless(error: BaseException) -> bool:
    """Whether the error stays the same, however long one waits."""
    passing = (BusyLoadingError, OutOfMemoryError, ReadOnlyError)
    is_passing = isinstance(error, passing) or "MISCONF" in str(error)
    return is_bad_address() or (is_refused(error) and not is_passing)


def explain(error: BaseException) -> str:
    """What is wrong: the address, Redis refuses, it is not there, or something else."""
    if is_bad_address():
        # The client's own words would show parts of a password.
        return f"{BAD_ADDRESS} {WRITE_ADDRESS}"
    if is_refused(error):
        return f"Redis refuses: {words_of(error)} {what_to_do(error)}".strip()
    if isinstance(error, RedisError):
        return f"Redis does not answer: {error}"
    return repr(error)


def words_of(error: BaseException) -> str:
    """What Redis says, without the name of the user, which is part of the address."""
    return re.sub(r"User \S+ has", "The user has", str(error))


def what_to_do(error: BaseException) -> str:
    """The advice for an error of Redis, "" if there is none."""
    return next((todo for word, todo in WHAT_TO_DO.items() if word in str(error)), "")


def for_client(error: BaseException) -> str:
    """What a client is told, who can do nothing about it but wait or ask."""
    return REFUSED if is_hopeless(error) else TRY_AGAIN


@checks.register
def check_redis(**kwargs: Any) -> list[checks.CheckMessage]:
    """Warn before a server or a worker starts, because both can wait for Redis."""
    if not settings.REDIS_URL:
        return []
    if is_bad_address():
        return [checks.Error(BAD_ADDRESS, WRITE_ADDRESS, id="chat.E001")]
    try:
        with Redis.from_url(settings.REDIS_URL) as redis:
            use(redis)
    except RedisError as error:
        place = settings.REDIS_URL.rpartition("@")[2].partition("?")[0]
        place = place.rpartition("//")[2]
        if is_refused(error):
            sentence = f"Redis at {place} refuses: {words_of(error)}"
            return [checks.Warning(sentence, what_to_do(error), id="chat.W002")]
        sentence = f"Redis does not answer at {place}."
        return [checks.Warning(sentence, START_REDIS, id="chat.W001")]
    return []


def use(redis: Redis) -> None:
    """Do once what the layers and the cache do. Raises RedisError if that fails."""
    name = f"{settings.LAYER_PREFIX}check"
    with redis.pubsub() as listener:
        listener.subscribe(name)
        listener.parse_response()
    redis.publish(name, "")
    redis.set(name, "", ex=1)
    redis.zadd(f"{name}.queue", {"task": 0})
    redis.bzpopmin(f"{name}.queue", 0.1)
    # The queue moves a task from one key to another.
    redis.eval("return redis.call('EXISTS', unpack(KEYS))", 2, name, f"{name}$inflight")


class OutageMiddleware(BaseMiddleware):
    """Tells a client that can't be let in, which would else see only code 1006."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Run the application. If Redis can't be used, say so and close with 4013."""
        try:
            refuse_bad_address()
            await super().__call__(scope, receive, send)
        except RedisError as error:
            logger.error(explain(error))
            reason = for_client(error)
            await send({"type": "websocket.accept"})
            message = ErrorMessage(payload={"detail": reason})
            text = message.model_dump_json()
            await send({"type": "websocket.send", "text": text})
            await send(
                {"type": "websocket.close", "code": CLOSE_NO_REDIS, "reason": reason}
            )


class OneLineFilter(logging.Filter):
    """Makes an outage of Redis one line of the log instead of a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record of an outage. Every record is logged."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, RedisError) or (error and "redis" in record.name):
            record.msg, record.args = f"{record.getMessage()} {explain(error)}", ()
            record.exc_info = None
        return True
