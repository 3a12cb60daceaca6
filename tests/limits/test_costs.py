"""What a message costs each program: so much that so many a second are the limit.

Measured is the time for which a processor was busy with it, which depends less on what
else the machine does than the time that it took.
"""

import asyncio
from dataclasses import dataclass

import pytest
from redis import Redis
from websockets.asyncio.client import ClientConnection

from tests.limits.conftest import Measured
from tests.limits.programs import Programs
from tests.support.clients import crowd, say
from tests.support.running import Server

pytestmark = pytest.mark.covers("G18")

MESSAGES = 1000
MEMBERS = 50
# So many are on their way at once.
IN_FLIGHT = 20
MILLION = 1_000_000


@dataclass
class Site:
    url: str
    servers: dict[str, Server]

    def busy(self) -> list[float]:
        """The seconds for which each server and Redis were busy so far."""
        servers = [server.busy_seconds for server in self.servers.values()]
        with Redis.from_url(self.url) as redis:
            cpu = redis.info("cpu")
        return [*servers, cpu["used_cpu_user"] + cpu["used_cpu_sys"]]

    async def costs(self, members: int) -> list[float]:
        """The same, in microseconds for each message to a room.

        So many members are at each server; who speaks is at the first.
        """
        first, second = self.servers
        names = [""] * members
        async with (
            crowd(first, "lobby", names) as here,
            crowd(second, "lobby", names) as there,
        ):
            speaker, *listeners = [*here, *there]
            before = self.busy()
            for _ in range(MESSAGES // IN_FLIGHT):
                for _ in range(IN_FLIGHT):
                    await say(speaker, "hello")
                await asyncio.gather(*map(hear, listeners))
            after = self.busy()
        return [
            (end - begin) * MILLION / MESSAGES
            for begin, end in zip(before, after, strict=True)
        ]


async def hear(listener: ClientConnection) -> None:
    for _ in range(IN_FLIGHT):
        assert '"new_chat_message"' in str(await listener.recv())


@pytest.mark.timed
async def test_what_a_message_costs(programs: Programs, measured: Measured) -> None:
    url = programs.redis().url
    site = Site(url, programs.servers(2, url, RATE_LIMIT_BURST=str(MILLION)))
    alone, hears_one, _ = await site.costs(1)
    _, hears_many, redis = await site.costs(MEMBERS)
    delivery = (hears_many - hears_one) / (MEMBERS - 1)

    measured("cost.members", MEMBERS)
    measured("cost.message", alone, factor=3, grows=1)
    measured("cost.delivery", delivery, factor=3, grows=1)
    # It passes each message on to both servers.
    measured("cost.redis", redis / 2, factor=3, grows=1)
    for name, microseconds in [
        ("messages", alone),
        ("deliveries", delivery),
        ("passed_on", redis / 2),
    ]:
        measured(f"a_second.{name}", rough(MILLION / microseconds), factor=3, grows=-1)


def rough(number: float) -> int:
    """The number with its first two digits."""
    digits = len(str(int(number)))
    return int(round(number, 2 - digits))
