"""What is measured: the contenders side by side, in rounds that alternate."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

from chat.load import Result as Result
from course.dev.bench.clients import Clients, fill_room
from course.dev.bench.servers import BARE, CEILING, Contender, Setup, run_contenders
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
ROUNDS = 5
# In the largest room, one round of cp5 takes longer than all of the others together.
ROUNDS_IN_LARGEST = 3
SECONDS = 0.4
WARM_UPS = 2

CROWD = 1000
CROWDS = 3


@dataclass(frozen=True)
class Cell:
    """The rounds of all contenders, by name, under the same conditions.

    In a room of so many, each message is delivered so many times.
    """

    setup: Setup
    members: int
    load: str
    rounds: dict[str, list[Result]]

    def ratio(self, name: str, to: str) -> float:
        """How many times as fast as another: the median of the rounds' ratios."""
        pairs = zip(self.rounds[name], self.rounds[to], strict=True)
        # Where everything is lost there is no speed, and nothing to compare with.
        return median(
            one.speed / other.speed if other.speed > 0 else 0.0 for one, other in pairs
        )

    @property
    def wrong(self) -> int:
        return sum(result.wrong for rounds in self.rounds.values() for result in rounds)

    def busy(self, name: str) -> float:
        """How much of the time the clients worked; at 1, they are the limit."""
        return median(it.busy_seconds / it.seconds for it in self.rounds[name])


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
            enough = min(rounds, ROUNDS_IN_LARGEST) if members == LARGEST else rounds
            for load, in_flight in LOADS.items():
                results = asyncio.run(
                    alternate(contenders, members, in_flight, enough, seconds)
                )
                cells.append(Cell(setup, members, load, results))
                on_cell()
    return cells


async def alternate(
    contenders: list[Contender],
    members: int,
    in_flight: int,
    rounds: int,
    seconds: float,
) -> dict[str, list[Result]]:
    """Let one talk after the other, again and again: A B C A B C."""
    results: dict[str, list[Result]] = {it.name: [] for it in contenders}
    # How many messages a round of so many seconds takes, by the round before.
    messages = dict.fromkeys(results, 1)
    rooms: dict[str, Clients] = {}
    for contender in contenders:
        clients, refused = await fill_room(contender, members)
        if refused:
            raise TutorialError(f"{contender.name} refuses {refused} of its clients.")
        rooms[contender.name] = clients
    for number in range(WARM_UPS + rounds):
        for name, clients in rooms.items():
            many = in_flight if number >= WARM_UPS else 1
            result = await clients.talk(max(many, messages[name]), in_flight=many)
            results[name].append(result)
            messages[name] = round(max(many, messages[name]) * seconds / result.seconds)
    for clients in rooms.values():
        clients.leave()
    return {name: them[WARM_UPS:] for name, them in results.items()}


def measure_crowd(name: str, number: int, folder: Path) -> Crowd:
    """Have many connect at once to a fresh server, and send them one message."""
    with run_contenders([name], Setup(), "", folder) as [contender]:
        return asyncio.run(gather_crowd(contender, number))


async def gather_crowd(contender: Contender, number: int) -> Crowd:
    process = psutil.Process(contender.processes[0].pid)
    # The first clients have the server load what all need.
    first, _ = await fill_room(contender, 1)
    before = process.memory_info().rss
    clients, refused = await fill_room(contender, number, at_once=number + 1)
    after = process.memory_info().rss
    lost = refused
    if clients.sockets:
        lost += (await clients.talk(messages=1, in_flight=1)).wrong
    first.leave()
    clients.leave()
    return Crowd(contender.name, number, lost, (after - before) / number)
