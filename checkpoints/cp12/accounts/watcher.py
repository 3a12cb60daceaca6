"""Closes the connections whose right has ended.

Each server asks the database once a second about all of its own, so it needs to be told
of nothing: who ends a right writes to the database, and that is enough.
"""

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import Error

from accounts.rights import ended, held, in_thread
from chat.database import explain

SECONDS = 1

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
    while True:
        try:
            await close_ended()
        except Error as error:
            # Nobody's right has ended by that: they are checked when it is back.
            logger.error(explain(error))
        except Exception:
            # Whatever it is, it must not be the last look.
            logger.exception("The rights could not be checked.")
        await asyncio.sleep(SECONDS)


async def close_ended() -> None:
    """Close the connections whose right has ended."""
    if not held:
        return
    refusals = await find_ended(set(held.values()))
    closing = [
        connection.refuse(*refusals[held.pop(connection)])
        for connection, right in list(held.items())
        if right in refusals
    ]
    # Who is gone, or takes nothing, must not keep the others from being closed.
    all_are_closed = asyncio.gather(*closing, return_exceptions=True)
    await asyncio.wait([all_are_closed], timeout=SECONDS)
