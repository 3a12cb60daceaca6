"""What is measured: the contenders side by side, in rounds that alternate."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

from course.dev.bench.clients import Client, Outcome, Room, enter, leave
from course.dev.bench.servers import (
    BARE,
    CEILING,
    Contender,
    Setup,
    run_contenders,
)
from course.errors import TutorialError

PROJECTS = ["cp4", "cp5", "final"]
CONTENDERS = [*PROJECTS, BARE, CEILING]

# Quiet: a message leaves when everybody has the last. Loaded: so many are under way.
LOADS = {"quiet": 1, "loaded": 10}

LARGEST = 1000
# Not every combination, but one for each question: how the cost grows with the room,
# what another server does, what Redis costs, and what a second process brings.
PLAN = [
    (Setup(), [1, 10, 100, LARGEST]),
    (Setup(server="Uvicorn"), [100]),
    (Setup(layer="Redis pub/sub"), [100]),
    (Setup(layer="Redis pub/sub", processes=2), [100]),
    (Setup(layer="Redis queue"), [100]),
]
# More at once than a pool of redis-py has connections do not all get in where the
# layer has queues.
HANDSHAKES_AT_ONCE = 50
ROUNDS = 5
# In the largest room, one round of cp5 takes longer than all of the others together.
ROUNDS_IN_LARGEST = 3
SECONDS = 0.4
SECONDS_TO_WARM_UP = 0.1

CROWD = 1000
CROWDS = 3


@dataclass(frozen=True)
class Cell:
    """The rounds of all contenders, by name, under the same conditions.

    In a room of so many, each message is delivered so many times; where its sender does
    not hear it, one more is in the room.
    """

    setup: Setup
    members: int
    load: str
    rounds: dict[str, list[Outcome]]

    def ratio(self, name: str, to: str) -> float:
        """How many times as fast as another: the median of the rounds' ratios."""
        pairs = zip(self.rounds[name], self.rounds[to], strict=True)
        # Where everything is lost there is no speed, and nothing to compare with.
        return median(
            one.speed / other.speed if other.speed > 0 else 0.0 for one, other in pairs
        )

    @property
    def wrong(self) -> int:
        return sum(
            outcome.wrong for rounds in self.rounds.values() for outcome in rounds
        )

    def busy(self, name: str) -> float:
        """How much of the time the clients worked; at 1, they are the limit."""
        return median(outcome.busy / outcome.seconds for outcome in self.rounds[name])


@dataclass(frozen=True)
class Crowd:
    """Many clients that connected to a fresh server at once."""

    name: str
    clients: int
    lost: int
    bytes_for_each: float


def measure_cells(
    setup: Setup,
    sizes: list[int],
    redis_url: str,
    folder: Path,
    on_cell: Callable[[], None],
    *,
    rounds: int = ROUNDS,
    seconds: float = SECONDS,
) -> list[Cell]:
    """Measure rooms of these sizes. Raises TutorialError if a server does not serve."""
    cells = []
    with run_contenders(CONTENDERS, setup, redis_url, folder) as contenders:
        for members in sizes:
            for load, in_flight in LOADS.items():
                enough = (
                    min(rounds, ROUNDS_IN_LARGEST) if members == LARGEST else rounds
                )
                outcomes = asyncio.run(
                    alternate(contenders, members, in_flight, enough, seconds)
                )
                cells.append(Cell(setup, members, load, outcomes))
                on_cell()
    return cells


async def alternate(
    contenders: list[Contender],
    members: int,
    in_flight: int,
    rounds: int,
    seconds: float,
) -> dict[str, list[Outcome]]:
    """Let one talk after the other, again and again: A B C A B C."""
    outcomes: dict[str, list[Outcome]] = {
        contender.name: [] for contender in contenders
    }
    rooms = {}
    for contender in contenders:
        rooms[contender.name] = await fill_room(contender, members)
        await rooms[contender.name].talk(SECONDS_TO_WARM_UP, in_flight=1)
    for _ in range(rounds):
        for name, room in rooms.items():
            outcomes[name].append(await room.talk(seconds, in_flight))
    for room in rooms.values():
        leave(room.clients)
    return outcomes


async def fill_room(contender: Contender, members: int) -> Room:
    urls = contender.urls(members + contender.is_typed)
    clients = []
    for client in await enter(urls, contender.is_typed, HANDSHAKES_AT_ONCE):
        if isinstance(client, BaseException):
            raise TutorialError(f"{contender.name} refuses a client: {client!r}")
        clients.append(client)
    return Room(clients, contender.is_typed)


def measure_crowd(name: str, number: int, folder: Path) -> Crowd:
    """Connect a crowd at once to a fresh server, and send it one message."""
    with run_contenders([name], Setup(), "", folder) as [contender]:
        return asyncio.run(gather_crowd(contender, number))


async def gather_crowd(contender: Contender, number: int) -> Crowd:
    process = psutil.Process(contender.processes[0].pid)
    # The first client has the server load what all need.
    await enter(contender.urls(1), contender.is_typed, at_once=1)
    before = process.memory_info().rss
    urls = contender.urls(number)
    entered = await enter(urls, contender.is_typed, at_once=number)
    after = process.memory_info().rss
    clients = [client for client in entered if isinstance(client, Client)]
    outcome = await Room(clients, contender.is_typed).talk(seconds=0, in_flight=1)
    lost = number - len(clients) + outcome.wrong
    return Crowd(contender.name, number, lost, (after - before) / number)
