"""One of three servers behind a proxy is killed while people talk."""

import asyncio
import json
import time
from collections import defaultdict
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed

from tests.limits.programs import IN_TURNS, STICKY, Programs, served
from tests.support.clients import (
    open_socket,
    say,
    url_of,
    wait_until_answered,
)
from tests.support.commands import until

pytestmark = pytest.mark.covers("G18")


class Person:
    """Somebody in the room who says a number now and then, and notes what others say.

    Who loses the connection comes back, as the chat page does.
    """

    def __init__(self, proxy: str, number: int) -> None:
        self.name = f"person{number}"
        self.proxy = proxy
        self.local_address = (f"127.1.{number}.1", 0)
        self.said = 0
        self.heard: dict[str, list[int]] = defaultdict(list)
        self.slowest = 0.0
        self.seconds_away: float | None = None

    async def enter(self) -> None:
        url = url_of(self.proxy, "crowd", self.name)
        self.socket = await open_socket(url, local_addr=self.local_address)
        await wait_until_answered(self.socket)

    async def live(self) -> None:
        while True:
            try:
                await self.listen()
            except ConnectionClosed:
                assert self.seconds_away is None, f"{self.name} was thrown out twice"
                lost_at = time.monotonic()
                await self.enter()
                self.seconds_away = time.monotonic() - lost_at

    async def listen(self) -> None:
        while True:
            message = json.loads(await self.socket.recv())
            assert message["action"] != "error", message
            if message["action"] == "new_chat_message":
                number, said_at = message["payload"]["message"].split()
                self.heard[message["payload"]["name"]].append(int(number))
                self.slowest = max(self.slowest, time.monotonic() - float(said_at))

    async def speak(self) -> None:
        while True:
            with suppress(ConnectionClosed):
                await self.say_next()
            await asyncio.sleep(0.5)

    async def say_next(self) -> None:
        number, self.said = self.said, self.said + 1
        await say(self.socket, f"{number} {time.monotonic()}")


@pytest.mark.timed
@pytest.mark.parametrize("balance", [IN_TURNS, STICKY])
async def test_a_server_is_killed_under_load(programs: Programs, balance: str) -> None:
    """Its clients come back, and nobody else notices."""
    url = programs.redis().url
    servers = programs.servers(3, url)
    _, proxy = programs.proxy(list(servers), balance)
    people = [Person(proxy, number) for number in range(24)]
    for person in people:
        await person.enter()
    victim = max(servers.values(), key=served)
    number_of_victims = served(victim)

    async with asyncio.TaskGroup() as tasks:
        lives = [tasks.create_task(person.live()) for person in people]
        talks = [tasks.create_task(person.speak()) for person in people]
        await all_talk(people)
        usual = max(person.slowest for person in people)
        victim.kill()
        await until(
            lambda: (
                sum(p.seconds_away is not None for p in people) == number_of_victims
            ),
            "the victims were not away",
        )
        await all_talk(people)

        for talk in talks:
            talk.cancel()
        for person in people:
            await person.say_next()
        # Everybody is in the room again, and hears everybody.
        last = {person.name: person.said - 1 for person in people}
        await until(
            lambda: all(
                person.heard[name][-1:] == [number]
                for person in people
                for name, number in last.items()
                if name != person.name
            ),
            "somebody was not heard",
        )
        for life in lives:
            life.cancel()

    unaffected = [person for person in people if person.seconds_away is None]
    assert len(unaffected) == len(people) - number_of_victims
    for listener in unaffected:
        assert listener.slowest < max(2, 10 * usual)
        for speaker in unaffected:
            if speaker != listener:
                assert listener.heard[speaker.name] == list(range(speaker.said))


async def all_talk(people: list[Person]) -> None:
    """Wait until everybody has said two things more."""
    goals = {person: person.said + 2 for person in people}
    await until(
        lambda: all(one.said >= goal for one, goal in goals.items()),
        "somebody did not speak",
    )
