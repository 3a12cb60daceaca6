"""The load of `manage.py loadtest`, and the check of everything that is delivered.

The messages of a room have numbers. Members send them in turn, each with a mark that
names the run, the room and itself, <1f6e8d0b.0.17>: so all that a member hears is
accounted for, also while somebody else tests the same server.
"""

import asyncio
import re
import secrets
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from time import perf_counter, process_time
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from chat.clients import (
    Dialect,
    ServerError,
    complaint_in,
    dialect_of,
    enter,
    reason_for,
)

RUN = secrets.token_hex(4)
MARK = re.compile(rf"<{RUN}\.(\d+)\.(\d+)>")
TEXT = f"About as long as most messages are <{RUN}.{{room}}.{{number}}>"

# However slow a server is, what it still delivers is not lost. When nothing has come
# for so many seconds, nothing more will.
SECONDS_OF_SILENCE = 5.0
HANDSHAKES_AT_ONCE = 50


@dataclass(frozen=True)
class Plan:
    """Rooms, the members of each, and the messages that each of the rooms gets.

    At most in_flight messages of a room are on their way; with a rate, which is in
    messages a second for all rooms together, as many as that takes.
    """

    urls: list[str]
    rooms: int
    members: int
    messages: int
    in_flight: int
    rate: int | None


@dataclass
class Result:
    """What was delivered and what was not. Times are in seconds."""

    expected: int = 0
    lost: int = 0
    # Delivered twice, or to a member whom it was not for.
    surplus: int = 0
    # Delivered after a later message of the same sender.
    late: int = 0
    latencies: list[float] = field(default_factory=list)
    seconds: float = 0
    # How much of that time this process was at work.
    busy_seconds: float = 0

    @property
    def speed(self) -> float:
        """Deliveries a second."""
        return (self.expected - self.lost) / self.seconds

    @property
    def wrong(self) -> int:
        """How many deliveries did not arrive, or not once, or not in order."""
        return self.lost + self.surplus + self.late


@lru_cache
def mark_in(frame: str) -> tuple[int, int] | None:
    """The room and the number in a frame, looked for once for all who get the same."""
    mark = MARK.search(frame)
    return (int(mark[1]), int(mark[2])) if mark else None


class Room:
    """The members of a room, and for each message when it left and whom it misses."""

    def __init__(self, number: int, plan: Plan, dialect: Dialect) -> None:
        self.number = number
        self.plan = plan
        self.dialect = dialect
        self.members: list[Member] = []
        self.sent_at: list[float] = []
        self.missing: list[int] = []
        self.latencies: list[float] = []
        self.slots = asyncio.Semaphore(plan.in_flight)

    async def talk(self, on_message: Callable[[], None]) -> None:
        """Send all messages; return when all have arrived, or no more will."""
        try:
            for number in range(self.plan.messages):
                await self.wait_for_turn(number)
                await self.send(number)
                on_message()
            for _ in range(self.plan.in_flight):
                await self.wait_for_slot()
        except TimeoutError:
            pass  # The check finds what is missing.

    async def wait_for_turn(self, number: int) -> None:
        """Wait until a message may leave. Raises TimeoutError if others get lost."""
        if self.plan.rate and self.sent_at:
            due = self.sent_at[0] + number * self.plan.rooms / self.plan.rate
            await asyncio.sleep(due - perf_counter())
        await self.wait_for_slot()

    async def wait_for_slot(self) -> None:
        """Wait until one more message may be on its way.

        Raises TimeoutError if nothing arrives any more.
        """
        deliveries = -1
        while deliveries < len(self.latencies):
            deliveries = len(self.latencies)
            with suppress(TimeoutError):
                async with asyncio.timeout(SECONDS_OF_SILENCE):
                    await self.slots.acquire()
                    return
        raise TimeoutError

    async def send(self, number: int) -> None:
        """Send a message, and note when, and how many are to hear it."""
        text = TEXT.format(room=self.number, number=number)
        # A typed message goes to everybody but its sender.
        self.missing.append(len(self.members) - self.dialect.is_typed)
        self.sent_at.append(perf_counter())
        await self.sender_of(number).send(self.dialect.encode(text))

    def sender_of(self, number: int) -> "Member":
        """The member who sends a message: they take turns."""
        return self.members[number % len(self.members)]

    def arrived(self, number: int) -> None:
        """Note a delivery. The last one of a message makes room for another."""
        self.latencies.append(perf_counter() - self.sent_at[number])
        self.missing[number] -= 1
        if self.missing[number] == 0:
            self.slots.release()

    def check(self, result: Result) -> None:
        """Account for every message at every member."""
        result.latencies += self.latencies
        for member in self.members:
            expected = Counter(
                (self.number, number)
                for number in range(len(self.sent_at))
                if not (self.dialect.is_typed and self.sender_of(number) is member)
            )
            heard = Counter(member.heard)
            result.expected += expected.total()
            result.lost += (expected - heard).total()
            result.surplus += (heard - expected).total()
            result.late += self.count_late(member)

    def count_late(self, member: "Member") -> int:
        """How many messages a member heard after a later one of the same sender."""
        latest: dict[Member, int] = {}
        late = 0
        for _, number in member.heard:
            sender = self.sender_of(number)
            late += number < latest.get(sender, 0)
            latest[sender] = max(number, latest.get(sender, 0))
        return late


class Member:
    """One client in a room, and the marks of all messages that it has heard."""

    def __init__(self, socket: ClientConnection, room: Room) -> None:
        self.socket = socket
        self.room = room
        self.heard: list[tuple[int, int]] = []

    async def send(self, frame: str) -> None:
        """Send a frame. Raises ServerError if the server has closed."""
        try:
            await self.socket.send(frame)
        except ConnectionClosed as closed:
            raise ServerError(reason_for(closed)) from None

    async def listen(self) -> None:
        """Listen for good. Raises ServerError if the server complains or closes."""
        try:
            while True:
                self.hear(str(await self.socket.recv()))
        except ConnectionClosed as closed:
            raise ServerError(reason_for(closed)) from None

    def hear(self, frame: str) -> None:
        """Note the mark in a frame. Raises ServerError if it is a complaint."""
        if mark := mark_in(frame):
            self.heard.append(mark)
            room, number = mark
            if room == self.room.number and number < len(self.room.sent_at):
                self.room.arrived(number)
        elif complaint := complaint_in(frame):
            raise ServerError(f"The server refused a message: {complaint}")


async def enter_rooms(
    plan: Plan, on_member: Callable[[], None], stack: AsyncExitStack
) -> list[Room]:
    """Connect all members, spread over the servers; the stack closes them.

    Raises ServerError if one is refused.
    """
    dialect = await dialect_of(plan.urls[0])
    if dialect.is_typed and plan.members == 1:
        raise ServerError("Nobody hears themselves here: take at least --members 2.")
    if plan.rooms > 1 and not dialect.has_rooms:
        raise ServerError("This server has no rooms: leave out --rooms.")
    rooms = [Room(number, plan, dialect) for number in range(plan.rooms)]
    handshakes = asyncio.Semaphore(HANDSHAKES_AT_ONCE)

    async def enter_one(room: Room, url: str) -> None:
        async with handshakes:
            socket = await enter(url, dialect, f"loadtest-{room.number}")
        stack.push_async_callback(socket.close)
        room.members.append(Member(socket, room))
        on_member()

    await all_of(
        enter_one(room, plan.urls[number % len(plan.urls)])
        for room in rooms
        for number in range(plan.members)
    )
    return rooms


async def talk(rooms: list[Room], on_message: Callable[[], None]) -> Result:
    """Send all messages in all rooms, and check what is heard of them.

    Raises ServerError if the server complains or closes a connection.
    """
    result = Result()

    async def talk_in_all() -> None:
        start, start_of_work = perf_counter(), process_time()
        await asyncio.gather(*(room.talk(on_message) for room in rooms))
        result.seconds = perf_counter() - start
        result.busy_seconds = process_time() - start_of_work

    listeners = [member.listen() for room in rooms for member in room.members]
    await all_of([talk_in_all()], meanwhile=listeners)
    for room in rooms:
        room.check(result)
    return result


async def all_of(
    work: Iterable[Coroutine[Any, Any, None]],
    meanwhile: Iterable[Coroutine[Any, Any, None]] = (),
) -> None:
    """Do all the work at once, and the rest as long. The first error ends it all."""
    try:
        async with asyncio.TaskGroup() as group:
            others = [group.create_task(coroutine) for coroutine in meanwhile]
            await asyncio.wait([group.create_task(coroutine) for coroutine in work])
            for other in others:
                other.cancel()
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
