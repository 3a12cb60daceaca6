"""What is measured: the contenders side by side, in rounds that alternate."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from django.core.management import CommandError
from rich.progress import track

from chat.clients import ServerError
from chat.load import Result as Result
from chat.management.commands.loadtest import allow_files
from course.dev.bench.clients import Clients, fill_room
from course.dev.bench.servers import (
    Setup,
    killing_what_was_started,
    start_contenders,
    start_redis,
)
from course.errors import TutorialError

# Quiet: a message leaves when everybody has the last. Loaded: so many are under way.
LOADS = {"quiet": 1, "loaded": 10}
LARGEST = 1000
# Not every combination, but one for each question: how the cost grows with the room,
# what another server does, what Redis costs, and what a second process brings.
PLAN = [
    *[(Setup(), members) for members in (1, 10, 100, LARGEST)],
    (Setup(server="Uvicorn"), 100),
    (Setup(layer="Redis pub/sub"), 100),
    (Setup(layer="Redis pub/sub", processes=2), 100),
    (Setup(layer="Redis queue"), 100),
]
ROUNDS = 5
# In the largest room, one round of an older one takes longer than all others together.
ROUNDS_IN_LARGEST = 3
SECONDS = 0.3
WARM_UPS = 2


@dataclass(frozen=True)
class Cell:
    """The rounds of all contenders, by name, under the same conditions.

    In a room of so many, each message is delivered so many times. When all connected at
    once, so many of the clients of each were refused; `memory` has the bytes of each.
    """

    setup: Setup
    members: int
    load: str
    rounds: dict[str, list[Result]]
    refused: dict[str, int]
    memory: dict[str, float]

    def ratio(self, name: str, to: str) -> float:
        """How many times as fast as another: the median of the rounds' ratios."""
        pairs = zip(self.rounds[name], self.rounds[to], strict=True)
        # Where everything is lost there is no speed, and nothing to compare with.
        return median(
            one.speed / other.speed if other.speed > 0 else 0.0 for one, other in pairs
        )

    def speed(self, name: str) -> int:
        """Deliveries a second."""
        return round(median(result.speed for result in self.rounds[name]))

    @property
    def wrong(self) -> int:
        return sum(result.wrong for rounds in self.rounds.values() for result in rounds)

    def busy(self, name: str) -> float:
        """How much of the time the clients worked; at 1, they are the limit."""
        return median(it.busy_seconds / it.seconds for it in self.rounds[name])


def measure_all() -> list[Cell]:
    """Measure what is planned.

    Raises TutorialError if a server gives up or does not let all clients in.
    """
    cells: list[Cell] = []
    try:
        # The largest rooms of all contenders are open at the same time.
        allow_files(6 * LARGEST)
        for setup, members in track(PLAN, "Rooms", transient=True):
            rounds = ROUNDS_IN_LARGEST if members == LARGEST else ROUNDS
            cells += measure(setup, members, rounds, SECONDS)
    except (CommandError, ServerError) as error:
        raise TutorialError(str(error)) from None
    return cells


def measure(setup: Setup, members: int, rounds: int, seconds: float) -> list[Cell]:
    """Measure a room of that size on fresh servers, with each of the loads.

    Raises TutorialError if one gives up, ServerError if it does not do its work.
    """

    async def measure_rooms() -> list[Cell]:
        rooms = {name: await fill_room(name, it, members) for name, it in servers}
        refused = {name: clients.refused for name, clients in rooms.items()}
        memory = {name: clients.memory for name, clients in rooms.items()}
        cells = []
        for load, in_flight in LOADS.items():
            results = await alternate(rooms, in_flight, rounds, seconds)
            cells.append(Cell(setup, members, load, results, refused, memory))
        for clients in rooms.values():
            for socket in clients.sockets:
                socket.transport.abort()
        return cells

    with tempfile.TemporaryDirectory() as temporary, killing_what_was_started():
        folder = Path(temporary)
        servers = start_contenders(setup, start_redis(folder), folder).items()
        return asyncio.run(measure_rooms())


async def alternate(
    rooms: dict[str, Clients], in_flight: int, rounds: int, seconds: float
) -> dict[str, list[Result]]:
    """Let one talk after the other, again and again: A B C A B C."""
    results: dict[str, list[Result]] = {name: [] for name in rooms}
    # How many messages a round of so many seconds takes, by the round before.
    messages = dict.fromkeys(results, 1)
    for number in range(WARM_UPS + rounds):
        for name, clients in rooms.items():
            many = in_flight if number >= WARM_UPS else 1
            result = await clients.talk(max(many, messages[name]), in_flight=many)
            results[name].append(result)
            messages[name] = round(max(many, messages[name]) * seconds / result.seconds)
    return {name: them[WARM_UPS:] for name, them in results.items()}
