"""A Redis that pauses, dies or is full, while people talk and roll dice."""

import asyncio
import itertools
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.faults.people import Person
from tests.faults.programs import Site, run_site
from tests.support.commands import until

PAUSE = 10

TRY_AGAIN = "The chat can't reach its Redis. Try again in a moment."


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with run_site(tmp_path) as site:
        yield site


class Talker(Person):
    """Somebody who goes on talking, and comes back whenever the server closes."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(name)
        self.text = text
        # What the server has handled, as its answer to the next ping says.
        self.handled: list[str] = []
        self.codes: list[int | None] = []
        # What was said until all was well again.
        self.before_back: list[str] = []

    async def talk(self, address: str, is_over: asyncio.Event) -> None:
        while not is_over.is_set():
            # A handshake that takes 5 seconds is one that Daphne breaks off.
            with suppress(InvalidHandshake, OSError):
                try:
                    async with self.enter(address):
                        await self.talk_here(is_over)
                except ConnectionClosed:
                    self.codes.append(self.socket.close_code)
            await asyncio.sleep(0.2)

    async def talk_here(self, is_over: asyncio.Event) -> None:
        while not is_over.is_set():
            await self.say(self.text)
            await self.ask()
            self.handled.append(self.said[-1])
            await asyncio.sleep(0.1)


@asynccontextmanager
async def people(site: Site) -> AsyncIterator[tuple[list[Talker], list[Person]]]:
    """Those who talk or roll dice, and those who only listen, some at each server.

    Before the block everybody is heard, and after it again.
    """
    talkers = [
        Talker(f"{role} {number}", text)
        for role, text in [("speaker", "hello"), ("roller", "/roll 2d6")]
        for number in range(4)
    ]
    listeners = [Person("listener 0"), Person("listener 1")]
    is_over = asyncio.Event()
    async with AsyncExitStack() as stack:
        for server, listener in zip(site.servers, listeners, strict=True):
            await stack.enter_async_context(listener.enter(server.address))
        async with asyncio.TaskGroup() as group:
            for number, talker in enumerate(talkers):
                address = site.servers[number % 2].address
                group.create_task(talker.talk(address, is_over))
            await all_are_heard(talkers, listeners)
            yield talkers, listeners
            await all_are_heard(talkers, listeners)
            for talker in talkers:
                talker.before_back = list(talker.said)
            await all_are_heard(talkers, listeners)
            is_over.set()
        await until(
            lambda: all(
                talker.handled[-1] in listener.heard[talker.name]
                for talker, listener in itertools.product(talkers, listeners)
            ),
            "what was said last is lost",
        )
    for talker in talkers:
        assert set(talker.codes) <= {4013}
        assert set(talker.errors) <= {TRY_AGAIN}
        assert len(talker.errors) == len(talker.codes)
    site.assert_no_traceback()


async def all_are_heard(talkers: list[Talker], listeners: list[Person]) -> None:
    """Wait until everybody has heard everybody say something new."""
    old = {talker: set(talker.said) for talker in talkers}

    def is_heard(talker: Talker, listener: Person) -> bool:
        return bool(set(listener.heard[talker.name]) - old[talker])

    await until(
        lambda: all(itertools.starmap(is_heard, itertools.product(talkers, listeners))),
        "somebody is not heard",
    )


def lost(talker: Talker, listeners: list[Person]) -> set[str]:
    """What the server has handled and somebody has not heard.

    Nobody may have heard anything twice.
    """
    lost = set()
    for listener in listeners:
        heard = listener.heard[talker.name]
        assert len(heard) == len(set(heard))
        lost |= set(talker.handled) - set(heard)
    return lost


def is_in_order(talker: Talker, listener: Person) -> bool:
    heard = listener.heard[talker.name]
    return heard == [id for id in talker.said if id in heard]


async def test_redis_pauses(site: Site) -> None:
    """Whoever says something in the pause is told that it may be lost, or is heard.

    A roll that a worker is at may be lost. Nothing comes twice.
    """
    async with people(site) as (talkers, listeners):
        site.redis.process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(PAUSE)
        site.redis.process.send_signal(signal.SIGCONT)

    speakers, rollers = talkers[:4], talkers[4:]
    for speaker, listener in itertools.product(speakers, listeners):
        assert is_in_order(speaker, listener)
    assert [lost(speaker, listeners) for speaker in speakers] == [set()] * 4
    assert len(set().union(*(lost(one, listeners) for one in rollers))) <= 2
    assert any(talker.codes for talker in talkers)
    assert any("Redis does not answer" in server.output for server in site.servers)


async def test_redis_is_killed(site: Site) -> None:
    """Whoever says something while there is no Redis is told.

    What is said in its last moment may be lost, and what waits for a worker; and then
    what is said before all servers listen to the new one, about a second later. Nothing
    comes twice.
    """
    async with people(site) as (talkers, listeners):
        handled = {talker: talker.handled[:-1] for talker in talkers}
        site.redis.kill()
        await until(lambda: all(talker.codes for talker in talkers), "not told")
        site.redis.start()
        site.redis.wait()

    for talker in talkers:
        assert lost(talker, listeners) <= set(talker.before_back)
    for speaker in talkers[:4]:
        assert all(is_in_order(speaker, listener) for listener in listeners)
        assert not lost(speaker, listeners) & set(handled[speaker])
    for program in [*site.servers, *site.workers]:
        assert "Redis does not answer" in program.output


async def test_redis_is_full(site: Site) -> None:
    """Whoever rolls dice is told. A roll that waits for a worker is lost, says its log.

    People who talk don't notice: to pass a message on, Redis needs no memory.
    """
    async with people(site) as (talkers, listeners):
        speakers, rollers = talkers[:4], talkers[4:]
        with site.connection as redis:
            redis.config_set("maxmemory", 1)
            await until(lambda: all(roller.codes for roller in rollers), "not told")
            redis.config_set("maxmemory", 0)

    for speaker in speakers:
        assert all(
            listener.heard[speaker.name] == speaker.said for listener in listeners
        )
        assert not speaker.codes
    logs = [worker.output for worker in site.workers]
    lost_rolls = set().union(*(lost(roller, listeners) for roller in rollers))
    assert len(lost_rolls) <= sum(log.count("is lost") for log in logs)
