"""Programs that end with kill -9, in the middle of their work."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from tests.faults.people import Person
from tests.faults.programs import Site, run_site
from tests.support.clients import open_socket, url_of
from tests.support.commands import until
from tests.support.running import Server

ROLLS = 100
MESSAGES = 200


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with run_site(tmp_path) as site:
        yield site


async def test_a_worker_dies_in_the_middle_of_a_roll(site: Site) -> None:
    """That roll is lost, and no other; none is heard twice."""
    async with two_people(site) as (alice, bob):
        for number in range(ROLLS):
            await alice.say("/roll 13d6" if number == ROLLS // 2 else "/roll 2d6")
        await alice.say("/roll 1d6")
        await hear_the_last_roll(alice, bob)

    lost = alice.said[ROLLS // 2]
    for person in [alice, bob]:
        assert sorted([*person.heard["alice"], lost]) == sorted(alice.said)
    assert sum(worker.process.poll() is not None for worker in site.workers) == 1
    site.assert_no_traceback()


async def test_a_worker_is_killed_at_any_time(site: Site) -> None:
    """One roll may be lost, the one that it was at; none is heard twice."""
    async with two_people(site) as (alice, bob):
        for _ in range(ROLLS):
            await alice.say("/roll 2d6")
        await until(lambda: len(bob.heard["alice"]) > ROLLS // 3, "nothing is rolled")
        site.workers[0].kill()
        await alice.say("/roll 1d6")
        await hear_the_last_roll(alice, bob)

    for person in [alice, bob]:
        heard = person.heard["alice"]
        assert len(heard) == len(set(heard))
        assert len(set(alice.said) - set(heard)) <= 1
    site.assert_no_traceback()


@asynccontextmanager
async def two_people(site: Site) -> AsyncIterator[tuple[Person, Person]]:
    """One at each server."""
    alice, bob = Person("alice"), Person("bob")
    async with (
        alice.enter(site.servers[0].address),
        bob.enter(site.servers[1].address),
    ):
        yield alice, bob


async def hear_the_last_roll(alice: Person, bob: Person) -> None:
    """The one that alice has asked for last waits for all those before."""
    await until(
        lambda: all(alice.said[-1] in one.heard["alice"] for one in [alice, bob]),
        "the last roll was lost",
    )


async def test_a_server_is_killed_in_the_middle_of_a_broadcast(site: Site) -> None:
    """Its clients lose what it has not sent to them, or not passed on for them yet.

    They see their connection lost. The clients of the other server lose nothing else.
    """
    doomed, survivor = site.servers
    many = [Person(f"one of many {number}") for number in range(50)]
    few = [Person(f"one of few {number}") for number in range(5)]
    async with AsyncExitStack() as stack:
        for person in few:
            await stack.enter_async_context(person.enter(survivor.address))
        for person in many:
            await stack.enter_async_context(person.enter(doomed.address))
        for _ in range(MESSAGES):
            await many[0].say()
            await few[0].say()
        await until(
            lambda: any(len(one.heard[few[0].name]) > MESSAGES // 4 for one in many),
            "nothing was heard",
        )
        doomed.kill()
        await asyncio.wait([person.listening for person in many])
        await until(
            lambda: len(few[1].heard[few[0].name]) == MESSAGES, "a message was lost"
        )

        # Only the survivor's processes listen to Redis, and only its people are here.
        assert set(subscribers(site).values()) == {1}
        assert await names(survivor) == {person.name for person in few}

        for person in many:
            assert person.socket.close_code == 1006
            heard = person.heard[few[0].name]
            assert heard == few[0].said[: len(heard)]
            await stack.enter_async_context(person.enter(survivor.address))
        await few[0].say()
        await until(
            lambda: all(one.heard[few[0].name][-1] == few[0].said[-1] for one in many),
            "who came back does not hear",
        )

    for person in few[1:]:
        assert person.heard[few[0].name] == few[0].said
        heard = person.heard[many[0].name]
        assert heard == many[0].said[: len(heard)] == few[1].heard[many[0].name]
    site.assert_no_traceback()


def subscribers(site: Site) -> dict[str, int]:
    """How many connections Redis sends each channel to."""
    with site.connection as redis:
        return dict(redis.pubsub_numsub(*redis.pubsub_channels()))


async def names(server: Server) -> set[str]:
    """Who is in the lobby, as the server says."""
    async with open_socket(url_of(server.address)) as socket:
        await socket.send(json.dumps({"action": "who_is_here"}))
        return set(json.loads(await socket.recv())["payload"]["names"])
