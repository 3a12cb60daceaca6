"""People who talk, while a test makes something else fail."""

import asyncio
import itertools
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

ORIGIN = Origin("http://localhost")


def open_socket(address: str, path: str) -> connect:
    return connect(
        f"ws://{address}{path}",
        origin=ORIGIN,
        open_timeout=30,
        ping_interval=None,
        compression=None,
    )


def message(text: str) -> str:
    """The frame that says a text."""
    payload = {"message": text, "name": "somebody"}
    return json.dumps({"action": "new_chat_message", "payload": payload})


async def until(condition: Callable[[], bool], problem: str) -> None:
    """Wait for a condition, for 20 seconds at most."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, problem
        await asyncio.sleep(0.01)


class Person:
    """Somebody in a room, with all that was said by and to them."""

    def __init__(self, name: str, socket: ClientConnection) -> None:
        self.name = name
        self.socket = socket
        self.said: list[str] = []
        # What others have said: name -> texts, in the order in which they came.
        self.heard: dict[str, list[str]] = defaultdict(list)
        self.received: list[Any] = []
        self.listening = asyncio.create_task(self.listen())

    async def listen(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                received = json.loads(await self.socket.recv())
                self.received.append(received)
                if received["action"] == "new_chat_message":
                    payload = received["payload"]
                    self.heard[payload["name"]].append(payload["message"])

    async def say(self, text: str) -> None:
        self.said.append(text)
        await self.socket.send(message(text))

    async def leave(self) -> None:
        await self.socket.close()
        await self.listening


@asynccontextmanager
async def enter(address: str, room: str, name: str) -> AsyncIterator[Person]:
    path = f"/ws/chat/{room}/?username={quote(name)}"
    async with open_socket(address, path) as socket:
        # The server answers when it has put the client into the room.
        await socket.send('{"action": "ping"}')
        while json.loads(await socket.recv())["action"] != "pong":
            pass
        person = Person(name, socket)
        yield person
        await person.leave()


@asynccontextmanager
async def conversation(
    addresses: list[str], room: str = "lobby", people: int = 10
) -> AsyncIterator[list[Person]]:
    """People, spread over the servers, who talk while the block runs.

    All of them must have heard all that the others have said: once, and in order.
    """
    async with AsyncExitStack() as stack:
        crowd = [
            await stack.enter_async_context(
                enter(addresses[number % len(addresses)], room, f"person {number}")
            )
            for number in range(people)
        ]
        is_over = asyncio.Event()
        talking = [asyncio.create_task(talk(one, crowd, is_over)) for one in crowd]
        yield crowd
        is_over.set()
        await asyncio.gather(*talking)
        for listener, speaker in itertools.permutations(crowd, 2):
            assert listener.heard[speaker.name] == speaker.said


async def talk(person: Person, crowd: list[Person], is_over: asyncio.Event) -> None:
    """Go on talking, at most ten times a second, as fast as everybody hears it.

    Who talks faster than a server can send loses messages: its layer keeps 100 for
    each member.
    """
    others = [other for other in crowd if other is not person]

    def all_have_heard() -> bool:
        return all(other.heard[person.name] == person.said for other in others)

    while not is_over.is_set():
        await person.say(f"message {len(person.said)}")
        await until(all_have_heard, f"what {person.name} said was lost")
        await asyncio.sleep(0.1)
