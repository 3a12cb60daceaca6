"""What is lost, and what is not: a message arrives once or never."""

import asyncio
import json
import time

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.limits.conftest import Measured
from tests.limits.programs import Programs
from tests.support.clients import enter, open_socket, receive, say, send, url_of
from tests.support.commands import until

pytestmark = pytest.mark.covers("G17")

# What a server's log says then.
IN_VAIN = "Unexpected exception in receive task"


async def test_nothing_is_kept_for_who_is_away(programs: Programs) -> None:
    address = programs.server(programs.redis().url).address
    async with enter(address) as alice, enter(address) as carol:
        async with enter(address):
            pass
        await say(alice, "Bob is away.")
        assert (await receive(carol, "new_chat_message"))["message"] == "Bob is away."
        async with enter(address) as bob:
            await say(alice, "Bob is back.")
            heard = await receive(bob, "new_chat_message")

    assert heard["message"] == "Bob is back."


async def test_a_server_that_is_killed_does_not_say_who_has_left(
    programs: Programs,
) -> None:
    """Whoever asks is told."""
    url = programs.redis().url
    doomed = programs.server(url)
    its_address = doomed.address
    address = programs.server(url).address
    async with enter(address, name="alice") as alice:
        bob = await open_socket(url_of(its_address, name="bob"))
        assert (await receive(alice, "user_joined"))["name"] == "bob"
        await send(alice, "who_is_here")
        assert {*await members(alice), *await members(alice)} == {"alice", "bob"}
        doomed.kill()
        with pytest.raises(ConnectionClosed):
            await receive(bob, "nothing of that kind")
        assert bob.close_code == 1006

        await send(alice, "who_is_here")
        # Had bob's server said something, it would have come first.
        answer = json.loads(await alice.recv())

    assert (answer["action"], answer["payload"]["names"]) == ("members", ["alice"])


async def members(socket: ClientConnection) -> list[str]:
    names: list[str] = (await receive(socket, "members"))["names"]
    return names


class Speaker:
    """Says a number ten times a second, and comes back when it is thrown out.

    It repeats nothing. What it knows not to have arrived is in `refused`.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.said = 0
        self.refused: set[int] = set()
        self.was_refused = asyncio.Event()

    async def live(self) -> None:
        while True:
            try:
                async with enter(self.address) as socket:
                    await self.speak(socket)
            except ConnectionClosed:
                await asyncio.sleep(0.2)

    async def speak(self, socket: ClientConnection) -> None:
        while True:
            await say(socket, str(self.said))
            self.said += 1
            await send(socket, "ping")
            while (action := json.loads(await socket.recv())["action"]) != "pong":
                if action == "error":
                    self.refused.add(self.said - 1)
                    self.was_refused.set()
            await asyncio.sleep(0.1)


@pytest.mark.timed
async def test_redis_is_restarted(programs: Programs, measured: Measured) -> None:
    redis = programs.redis()
    url = redis.url
    speaks_to = programs.server(url).address
    hearing = programs.server(url)
    hears_from = hearing.address
    speaker = Speaker(speaks_to)
    heard: list[int] = []

    async with enter(hears_from) as listener:
        speaking = asyncio.create_task(speaker.live())

        async def hear_until(number: int) -> None:
            while heard[-1:] < [number]:
                message = (await receive(listener, "new_chat_message"))["message"]
                heard.append(int(message))

        await hear_until(10)
        redis.kill()
        said_before = speaker.said
        await speaker.was_refused.wait()
        # It looks for Redis once a second: let it have looked in vain a moment ago.
        looked = hearing.output.count(IN_VAIN)
        await until(lambda: hearing.output.count(IN_VAIN) > looked, "nobody looks")
        back_at = time.monotonic()
        redis.start()
        redis.wait()
        await hear_until(said_before + 1)
        seconds = time.monotonic() - back_at
        await hear_until(heard[-1] + 10)
        speaking.cancel()

    # Once at most, in order, and nothing is missing that was said when all was well.
    assert heard == sorted(set(heard))
    missing = sorted(set(range(heard[-1])) - set(heard))
    assert missing[0] >= said_before - 1
    assert missing == list(range(missing[0], missing[-1] + 1))
    # Not all that is missing came back to the one who said it.
    assert speaker.refused < set(missing)
    measured("redis_restart.seconds", seconds, factor=3, grows=1)
