"""People who talk, while a test makes something else fail."""

import asyncio
import itertools
import json
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.support.clients import open_socket, url_of
from tests.support.commands import until

PING = json.dumps({"action": "ping"})


def message(text: str, id: str | None = None) -> str:
    """The frame that says a text."""
    payload = {"message": text, "name": "somebody", "id": id}
    return json.dumps({"action": "new_chat_message", "payload": payload})


class Person:
    """Somebody in a room, who keeps the ids of what was said and heard."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.said: list[str] = []
        # By name of who said it, or asked for the roll, in the order in which it came.
        self.heard: dict[str, list[str]] = defaultdict(list)
        self.errors: list[str] = []

    @asynccontextmanager
    async def enter(self, address: str, room: str = "lobby") -> AsyncIterator[None]:
        """Be in the room. Raises ConnectionClosed if the server closes before."""
        url = url_of(address, room, self.name)
        async with open_socket(url) as self.socket:
            self.listening = asyncio.create_task(self.listen(self.socket))
            await self.ask()
            yield
        await self.listening

    async def listen(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            while True:
                received = json.loads(await socket.recv())
                action, payload = received["action"], received["payload"]
                if action == "pong":
                    self.pong.set()
                elif action in ["new_chat_message", "dice_rolled"]:
                    self.heard[payload["name"]].append(payload["id"])
                elif action == "error":
                    self.errors.append(payload["detail"])

    async def say(self, text: str = "hello") -> None:
        # New ones: a server stores what somebody of this name said in another test.
        self.said.append(uuid.uuid4().hex)
        await self.socket.send(message(text, self.said[-1]))

    async def ask(self) -> None:
        """Wait until the server has handled all that it was sent.

        Raises ConnectionClosed if it closes instead.
        """
        self.pong = asyncio.Event()
        await self.socket.send(PING)
        answer = asyncio.create_task(self.pong.wait())
        await asyncio.wait([answer, self.listening], return_when="FIRST_COMPLETED")
        if not answer.done():
            answer.cancel()
            await self.socket.recv()  # Raises it.


@asynccontextmanager
async def conversation(
    addresses: list[str], people: int = 10
) -> AsyncIterator[list[Person]]:
    """People, spread over the servers, who talk while the block runs.

    All of them must have heard all that the others have said: once, and in order.
    """
    crowd = [Person(f"person {number}") for number in range(people)]
    async with AsyncExitStack() as stack:
        for number, person in enumerate(crowd):
            address = addresses[number % len(addresses)]
            await stack.enter_async_context(person.enter(address))
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
        await person.say()
        await until(all_have_heard, f"what {person.name} said was lost")
        await asyncio.sleep(0.1)
