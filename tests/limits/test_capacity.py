"""What happens when messages come faster than they are taken."""

import asyncio
import itertools
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from redis import Redis
from websockets.asyncio.client import ClientConnection

from tests.limits.conftest import Measured
from tests.limits.programs import Programs
from tests.support.clients import crowd, enter, receive, say, send, wait_until_answered
from tests.support.running import Program

pytestmark = pytest.mark.covers("G17")

PEOPLE = 120
LAST = "that was all"
# The longest text, and each of its characters takes 4 bytes.
BIG = "🎉" * 4090


@contextmanager
def stopped(server: Program) -> Iterator[None]:
    """A server that stands still, and then finds all that has come at once."""
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.process.pid, signal.SIGCONT)


@pytest.mark.timed
@pytest.mark.parametrize("layer", ["in_memory", "redis"])
async def test_many_speak_in_the_same_instant(
    programs: Programs, measured: Measured, layer: str
) -> None:
    server = programs.server(programs.redis().url if layer == "redis" else "")
    address = server.address
    async with (
        enter(address) as listener,
        crowd(address, "lobby", [""] * PEOPLE) as people,
    ):
        with stopped(server):
            for person in people:
                await say(person, "hello")
        await asyncio.gather(*map(wait_until_answered, people))
        await say(people[0], LAST)
        heard = 0
        while (await receive(listener, "new_chat_message"))["message"] != LAST:
            heard += 1

    measured("instant.said", PEOPLE)
    measured(f"instant.{layer}.heard", heard, factor=1.05)


async def test_redis_cuts_off_a_server_that_takes_nothing(programs: Programs) -> None:
    """Here when 1 MiB waits for it, and 32 MiB if nobody changes Redis's settings."""
    limit = ["--client-output-buffer-limit", "pubsub", "1mb", "1mb", "0"]
    url = programs.redis(*limit).url
    server = programs.server(url)
    slow_address = server.address
    fast_address = programs.server(url, RATE_LIMIT_BURST="100000").address
    async with enter(slow_address) as listener, enter(fast_address) as speaker:
        said = 0
        with stopped(server):
            while not has_cut_off(url):
                await say(speaker, f"{said} {BIG}")
                await send(speaker, "ping")
                await receive(speaker, "pong")
                said += 1

        # The server notices, and makes a new connection.
        speaking = asyncio.create_task(keep_speaking(speaker, said))
        heard: list[int] = []
        while heard[-1:] < [said]:
            message = (await receive(listener, "new_chat_message"))["message"]
            heard.append(int(message.split()[0]))
        speaking.cancel()

    assert heard == sorted(set(heard))
    assert len(heard) <= heard[-1]
    assert server.output.count("Traceback") == 0


def has_cut_off(url: str) -> bool:
    with Redis.from_url(url) as redis:
        connected = [client["name"] for client in redis.client_list(_type="pubsub")]
    return len(connected) < 2


async def keep_speaking(speaker: ClientConnection, number: int) -> None:
    for later in itertools.count(number):
        await say(speaker, str(later))
        await asyncio.sleep(0.1)


async def test_a_hundred_rolls_wait_for_a_worker(
    programs: Programs, measured: Measured
) -> None:
    url = programs.redis().url
    address = programs.server(url).address
    async with enter(address, name="alice") as alice:
        for _ in range(PEOPLE):
            await say(alice, "/roll 1d1")
        await send(alice, "ping")
        answers = []
        while (answer := json.loads(await alice.recv()))["action"] != "pong":
            answers.append(answer)
        for answer in answers:
            assert "Too many rolls are waiting" in answer["payload"]["detail"]

        programs.worker(url)
        for _ in range(PEOPLE - len(answers)):
            await receive(alice, "dice_rolled")

    measured("rolls.asked", PEOPLE)
    measured("rolls.refused", len(answers))
