"""What it costs to store what is said, and to find it again."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median

import pytest
from websockets.asyncio.client import ClientConnection

from tests.conftest import Note
from tests.limits.conftest import Measured
from tests.limits.programs import Programs
from tests.support.clients import enter, receive, send
from tests.support.postgresql import start_postgresql
from tests.support.running import HOST, Server

TALKERS = 20
MESSAGES = 5
ROUNDS = 3
# A room of that name has so many messages.
FILL = """
from chat.models import Message, Room
from chat.messages import now
for size in 10, 1000, 10_000:
    room = Room.objects.create(name=str(size), newest=size)
    Message.objects.bulk_create(
        Message(room=room, seq=n, name="zoe", client_id="", message="x", sent_at=now())
        for n in range(1, size + 1)
    )
"""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def servers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, dict[str, Server]]]:
    """A kind of database, and two servers on it: as it is, and with grouped commits."""
    with Programs(tmp_path_factory.mktemp(request.param)) as programs:
        environment = {"PYTHONPATH": str(Path(__file__).parent)}
        if request.param == "postgresql":
            port = start_postgresql(programs, "-c", "fsync=on").port
            environment["DATABASE_URL"] = f"postgres://postgres@{HOST}:{port}/postgres"
        programs.variables |= environment | {"RATE_LIMIT_BURST": "1000000"}
        programs.migrate()
        filled = programs.start("python", "manage.py", "shell", "-c", FILL)
        assert filled.exit_status() == 0, filled.output
        modules = {"each": "config.asgi", "grouped": "grouped"}
        started = {
            name: programs.daphne(application=f"{module}:application")
            for name, module in modules.items()
        }
        yield request.param, started


async def say_all(socket: ClientConnection, name: str, first: int) -> None:
    """Say one thing after the other, each when the one before is stored."""
    for number in range(first, first + MESSAGES):
        payload = {"message": "hello", "name": name, "id": f"{name} {number}"}
        await send(socket, "new_chat_message", payload)
        await receive(socket, "message_saved")


@pytest.mark.parametrize(
    "servers",
    ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)],
    indirect=True,
)
async def test_messages_stored_in_a_second(
    servers: tuple[str, dict[str, Server]], measured: Measured, note: Note
) -> None:
    kind, both = servers
    speeds: dict[tuple[str, str], list[float]] = {}
    async with AsyncExitStack() as stack:
        crowds = {}
        for name, server in both.items():
            for rooms in "one", "many":
                entered = [
                    enter(server.address, f"{name}-{number if rooms == 'many' else 0}")
                    for number in range(TALKERS)
                ]
                crowds[name, rooms] = [
                    await stack.enter_async_context(one) for one in entered
                ]
        for turn in range(ROUNDS + 1):
            for which, crowd in crowds.items():
                began = time.perf_counter()
                await asyncio.gather(
                    *[
                        say_all(socket, f"{which} {number}", MESSAGES * turn)
                        for number, socket in enumerate(crowd)
                    ]
                )
                seconds = time.perf_counter() - began
                speeds.setdefault(which, []).append(TALKERS * MESSAGES / seconds)
    for (name, rooms), found in speeds.items():
        speed = f"{median(found[1:]):.0f} messages stored a second"
        note(f"{kind}, {rooms} room(s), {name}", speed)
    for rooms in "one", "many":
        pairs = zip(speeds["grouped", rooms], speeds["each", rooms], strict=True)
        ratio = median(one / other for one, other in pairs)
        measured(f"stored.{kind}.{rooms}.ratio", ratio, 3)


async def test_the_time_to_find_what_was_said(
    servers: tuple[str, dict[str, Server]], measured: Measured, note: Note
) -> None:
    kind, both = servers
    address = both["each"].address

    async def enter_room(name: str) -> float:
        began = time.perf_counter()
        async with enter(address, name) as socket:
            await send(socket, "get_history", {"limit": 50})
            await receive(socket, "history")
        return time.perf_counter() - began

    async def catch_up() -> float:
        after, more = 0, True
        async with enter(address, "1000") as socket:
            began = time.perf_counter()
            while more:
                await send(socket, "get_history", {"after": after})
                answer = await receive(socket, "history")
                after, more = answer["messages"][-1]["seq"], answer["more"]
            assert after == 1000
            return time.perf_counter() - began

    await enter_room("10000")
    pairs = [(await enter_room("10000"), await enter_room("10")) for _ in range(15)]
    measured(f"entering.{kind}.ratio", median(a / b for a, b in pairs), 2)
    times = [await catch_up() for _ in range(ROUNDS)]
    note(f"{kind}, 1,000 messages to catch up on", f"{1000 * median(times):.0f} ms")
