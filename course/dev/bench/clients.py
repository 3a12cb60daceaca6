"""Clients that cost little, so that what is measured is the server.

They are those of `manage.py loadtest`, which enter a room, send, and account for every
delivery. But what `websockets` does to receive a message takes longer than the fastest
of the servers takes to send it. So once a client is in its room, all that reads what it
gets only finds where each frame ends.
"""

import asyncio
from functools import lru_cache
from itertools import count

from websockets.asyncio.client import ClientConnection
from websockets.frames import Frame, Opcode

from chat.clients import Dialect, ServerError, dialect_of, enter
from chat.load import HANDSHAKES_AT_ONCE, Member, Plan, Result, Room, talk
from course.dev.bench.servers import Contender
from course.errors import TutorialError

FINAL_TEXT = 0x81
FINAL_PING = 0x89
LENGTH_IN_TWO_BYTES = 126
LENGTH_IN_EIGHT_BYTES = 127


# Everybody in a room gets the same bytes.
text_of = lru_cache(bytes.decode)


class Reader(asyncio.Protocol):
    """Takes the place of a connection of `websockets` at reading, and only there."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.socket = member.socket
        self.rest = b""

    def data_received(self, data: bytes) -> None:
        data = self.rest + data
        start = 0
        while len(data) - start >= 2:
            length = data[start + 1]
            content = start + 2
            if length == LENGTH_IN_TWO_BYTES:
                content = start + 4
                length = int.from_bytes(data[start + 2 : content])
            elif length == LENGTH_IN_EIGHT_BYTES:
                content = start + 10
                length = int.from_bytes(data[start + 2 : content])
            end = content + length
            if end > len(data):
                break
            if data[start] == FINAL_TEXT:
                # What is complained about is missing in the end; suppress() is slow.
                try:  # noqa: SIM105
                    self.member.hear(text_of(data[content:end]))
                except ServerError:
                    pass
            elif data[start] == FINAL_PING:
                pong = Frame(Opcode.PONG, data[content:end])
                self.socket.transport.write(pong.serialize(mask=True))
            start = end
        self.rest = data[start:]

    def pause_writing(self) -> None:
        self.socket.pause_writing()

    def resume_writing(self) -> None:
        self.socket.resume_writing()

    def connection_lost(self, error: Exception | None) -> None:
        self.socket.connection_lost(error)


class Clients:
    """Clients in one room of a contender, for as many rounds as wanted."""

    def __init__(self, dialect: Dialect, sockets: list[ClientConnection]) -> None:
        self.dialect = dialect
        self.sockets = sockets
        self.rounds = count()

    async def talk(self, messages: int, in_flight: int) -> Result:
        """Send so many messages, and account for every delivery.

        Raises TutorialError if the server closes a connection.
        """
        plan = Plan([], 1, len(self.sockets), messages, in_flight, rate=None)
        # A number of its own, so that what comes late does not count for another round.
        room = Room(next(self.rounds), plan, self.dialect)
        for socket in self.sockets:
            member = Member(socket, room)
            room.members.append(member)
            socket.transport.set_protocol(Reader(member))
        try:
            result = await talk([room], lambda: None)
        except ServerError as error:
            raise TutorialError(str(error)) from None
        result.latencies.clear()
        return result

    def leave(self) -> None:
        for socket in self.sockets:
            socket.transport.abort()


async def fill_room(
    contender: Contender, listeners: int, at_once: int = HANDSHAKES_AT_ONCE
) -> tuple[Clients, int]:
    """Fill a room, in which so many hear each message; return how many are refused.

    Raises TutorialError if the contender has no chat.
    """
    try:
        dialect = await dialect_of(contender.urls[0])
    except ServerError as error:
        raise TutorialError(f"{contender.name}: {error}") from None
    turns = asyncio.Semaphore(at_once)

    async def enter_in_turn(number: int) -> ClientConnection:
        url = contender.urls[number % len(contender.urls)]
        async with turns:
            # The contenders share a Redis, so each has a room of its own.
            return await enter(url, dialect, contender.name)

    # Where its sender does not hear a message, one more is in the room.
    members = range(listeners + dialect.is_typed)
    entered = await asyncio.gather(*map(enter_in_turn, members), return_exceptions=True)
    sockets = [it for it in entered if isinstance(it, ClientConnection)]
    return Clients(dialect, sockets), len(members) - len(sockets)
