"""Closes the connections whose right has ended.

Each server asks the database once a second about all of its own, so it needs to be told
of nothing: who ends a right writes to the database, and that is enough.
"""

import asyncio
import functools
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import Error

from accounts.middleware import CLOSE_NO_DATABASE
from accounts.rights import Refusal, Right, ended, held, in_thread
from chat.database import TRY_AGAIN, explain

SECONDS = 1
# So long, the members of a private room stay in it while nobody can say if they are.
SECONDS_OF_DOUBT = 30
IN_DOUBT = Refusal(CLOSE_NO_DATABASE, TRY_AGAIN)

Application = Callable[[Any, Any, Any], Awaitable[None]]

logger = logging.getLogger(__name__)
find_ended = in_thread(ended)
_watcher: asyncio.Task[None] | None = None


def watched(application: Application) -> Application:
    """An application whose connections are closed when their right ends."""

    @functools.wraps(application)
    async def run(scope: Any, receive: Any, send: Any) -> None:
        global _watcher
        if _watcher is None or _watcher.done():
            _watcher = asyncio.create_task(watch())
        await application(scope, receive, send)

    return run


async def watch() -> None:
    """Ask once a second, as long as the server runs."""
    answered = time.monotonic()
    while True:
        try:
            await close_ended()
            answered = time.monotonic()
        except Error as error:
            # Nobody's right has ended by that: they are checked when it is back.
            logger.error(explain(error))
        except Exception:
            # Whatever it is, it must not be the last look.
            logger.exception("The rights could not be checked.")
        if time.monotonic() - answered > SECONDS_OF_DOUBT:
            await close({right: IN_DOUBT for right in held.values() if right.room_id})
        await asyncio.sleep(SECONDS)


async def close_ended() -> None:
    """Close the connections whose right has ended."""
    if held:
        await close(await find_ended(set(held.values())))


async def close(refusals: dict[Right, Refusal]) -> None:
    """Close the connections by these rights."""
    closing = [
        connection.refuse(*refusals[held.pop(connection)])
        for connection, right in list(held.items())
        if right in refusals
    ]
    # Who is gone, or takes nothing, must not keep the others from being closed.
    all_are_closed = asyncio.gather(*closing, return_exceptions=True)
    await asyncio.wait([all_are_closed], timeout=SECONDS)
