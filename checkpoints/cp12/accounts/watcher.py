"""Closes the connections whose right has ended.

Each server asks the database once a second about all of its own, so it needs to be told
of nothing: who removes a right writes to the database, and that is enough.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from channels.db import database_sync_to_async
from django.db import Error

from accounts.rights import Right, ended
from chat.database import explain

SECONDS = 1

logger = logging.getLogger(__name__)


class Connection(Protocol):
    """A consumer."""

    async def refuse(self, code: int, error: str) -> None:
        """Say what to do, and close."""


# The connections to this server of those who are signed in.
_rights: dict[Connection, Right] = {}
_watcher: asyncio.Task[None] | None = None
_in_thread = database_sync_to_async(
    ended, thread_sensitive=False, executor=ThreadPoolExecutor(1)
)


def watch(connection: Connection, right: Right) -> None:
    """Close the connection when its right ends."""
    global _watcher
    _rights[connection] = right
    if _watcher is None or _watcher.done():
        _watcher = asyncio.create_task(go_on_watching())


def forget(connection: Connection) -> None:
    """The connection is closed."""
    _rights.pop(connection, None)


async def go_on_watching() -> None:
    """Check the rights once a second, while anybody is signed in."""
    while _rights:
        try:
            await close_ended()
        except Error as error:
            # Nobody's right has ended by that: they are checked when it is back.
            logger.error(explain(error))
        await asyncio.sleep(SECONDS)


async def close_ended() -> None:
    """Close the connections whose right has ended."""
    refusals = await _in_thread(_rights.values())
    for connection, right in list(_rights.items()):
        if refusal := refusals.get(right):
            forget(connection)
            await connection.refuse(*refusal)
