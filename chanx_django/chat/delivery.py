"""How a message reaches those members of a group whose connections are in this process.

A plain loop sends to one after the other. So nobody may hold it up.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from typing import Any, Protocol

SECONDS_TO_READ = 1

Frame = dict[str, Any]

logger = logging.getLogger(__name__)


class Member(Protocol):
    """Somebody with a connection."""

    async def send_to_client(self, frame: Frame) -> None:
        """Send a frame, and wait as long as the server wants it."""

    def hang_up(self) -> None:
        """Leave, without waiting for the client."""


async def deliver(members: Iterable[Member], frames: list[Frame]) -> None:
    """Send to everybody, and hang up on those who can't be sent to."""
    waiting = deque(members)
    await tell(waiting, frames)
    # Where one fails or does not read, more may: none waits for another.
    await asyncio.gather(*(tell(deque([member]), frames) for member in waiting))


async def tell(waiting: deque[Member], frames: list[Frame]) -> None:
    """Send to one after the other, up to one that fails or holds up the rest."""
    now = asyncio.get_running_loop().time
    began = now()
    try:
        async with asyncio.timeout(SECONDS_TO_READ) as limit:
            while waiting:
                # Everybody gets at least half of the time. To set the clock anew for
                # each member would slow the loop down by a tenth.
                if now() > began + SECONDS_TO_READ / 2:
                    began = now()
                    limit.reschedule(began + SECONDS_TO_READ)
                member = waiting.popleft()
                for frame in frames:
                    await member.send_to_client(frame)
    except Exception as error:
        logger.warning("A connection can't be sent to: %r", error)
        member.hang_up()
