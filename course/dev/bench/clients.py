"""The clients of a contender: those of `manage.py loadtest`, but for how they hear.

What `websockets` does to receive a message takes longer than the fastest of the servers
takes to send it. So once a client is in its room, it only looks for marks in the bytes
that arrive.
"""

import asyncio
import itertools
from dataclasses import dataclass

from websockets.asyncio.client import ClientConnection

from chat.clients import Dialect, dialect_of, enter
from chat.load import Member, Plan, Result, Room, talk
from course.dev.bench.servers import Server

# So that what comes late does not count for another round.
NUMBERS = itertools.count()


@dataclass(frozen=True)
class Clients:
    """Clients in one room, for as many rounds as wanted.

    How many were `refused` at first, and the bytes that each costs its server.
    """

    dialect: Dialect
    sockets: list[ClientConnection]
    refused: int
    memory: float

    async def talk(self, messages: int, in_flight: int) -> Result:
        """Send so many messages, and account for every delivery.

        Raises ServerError if the server closes a connection.
        """
        plan = Plan([], 1, len(self.sockets), messages, in_flight, rate=None)
        room = Room(next(NUMBERS), plan, self.dialect)
        room.members += [Member(socket, room) for socket in self.sockets]
        for member in room.members:
            only_look_for_marks(member)
        result = await talk([room], lambda: None)
        result.latencies.clear()
        return result


def only_look_for_marks(member: Member) -> None:
    """Have a member hear what ends with a mark, wherever a frame or its bytes end."""
    rest = b""

    def data_received(data: bytes) -> None:
        nonlocal rest
        *heard, rest = (rest + data).split(b">")
        for part in heard:
            member.hear(f"{part.decode('latin-1')}>")

    member.socket.data_received = data_received  # type: ignore[method-assign]


async def fill_room(name: str, servers: list[Server], listeners: int) -> Clients:
    """Fill a room, in which so many hear each message; all connect at once.

    Who is refused tries again alone. Raises ServerError if that does not help.
    """
    # Who asks for this has the server load what all need.
    dialect = await dialect_of(servers[0].url)
    before = sum(server.memory for server in servers)
    # Where its sender does not hear a message, one more is in the room.
    members = listeners + dialect.is_typed
    urls = [servers[number % len(servers)].url for number in range(members)]
    # The contenders share a Redis, so each has a room of its own.
    crowd = [enter(url, dialect, name) for url in urls]
    entered = await asyncio.gather(*crowd, return_exceptions=True)
    sockets = [it for it in entered if isinstance(it, ClientConnection)]
    refused = members - len(sockets)
    for url in urls[:refused]:
        sockets.append(await enter(url, dialect, name))
    after = sum(server.memory for server in servers)
    return Clients(dialect, sockets, refused, (after - before) / members)
