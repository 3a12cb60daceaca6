"""Clients that cost little, so that what is measured is the server.

The client of `websockets` takes longer to receive a message than the fastest of the
servers takes to send it. This one does its handshake with `websockets`, and from then
on only finds where each frame ends. Frames are looked into when the clock has stopped.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter, process_time
from urllib.parse import urlsplit

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.typing import Origin
from websockets.uri import parse_uri

MARK = re.compile(rb"<(\d+)>")
TEXT = "About as long as most messages in a chat are <{number}>"
PING = json.dumps({"action": "ping"}).encode()

FINAL_TEXT = 0x81
FINAL_PING = 0x89
LENGTH_IN_TWO_BYTES = 126
LENGTH_IN_EIGHT_BYTES = 127

SECONDS_TO_ENTER = 60
SECONDS_OF_SILENCE = 10


class Client(asyncio.Protocol):
    """A client that keeps the content of every frame it gets."""

    def __init__(self, url: str) -> None:
        origin = Origin(f"http://{urlsplit(url).netloc}")
        self.handshake = ClientProtocol(parse_uri(url), origin=origin)
        # Done when the server has let the client in, or has answered.
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.heard: list[bytes] = []
        # Called with the number of frames that have come.
        self.on_frames: Callable[[int], None] = lambda count: None
        self.rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.handshake.send_request(self.handshake.connect())
        transport.writelines(self.handshake.data_to_send())

    def data_received(self, data: bytes) -> None:
        if self.handshake.state is State.CONNECTING:
            self.shake_hands(data)
        else:
            self.read_frames(data)

    def shake_hands(self, data: bytes) -> None:
        head, end, rest = (self.rest + data).partition(b"\r\n\r\n")
        if not end:
            self.rest = head
            return
        self.rest = b""
        self.handshake.receive_data(head + end)
        if self.handshake.state is State.OPEN:
            self.ready.set_result(None)
            self.read_frames(rest)
        else:
            self.transport.close()

    def read_frames(self, data: bytes) -> None:
        if self.rest:
            data = self.rest + data
        count = 0
        start = 0
        while len(data) - start >= 2:
            length = data[start + 1]
            content = start + 2
            if length == LENGTH_IN_TWO_BYTES:
                content = start + 4
                length = int.from_bytes(data[start + 2 : content])
            elif length == LENGTH_IN_EIGHT_BYTES:
                content = start + 10
                length = int.from_bytes(data[start + 2 : content])
            end = content + length
            if end > len(data):
                break
            if data[start] == FINAL_TEXT:
                self.heard.append(data[content:end])
                count += 1
            elif data[start] == FINAL_PING:
                self.send(data[content:end], Opcode.PONG)
            start = end
        self.rest = data[start:]
        if count:
            self.on_frames(count)

    def answered(self, count: int) -> None:
        if not self.ready.done():
            self.ready.set_result(None)

    def send(self, content: bytes, opcode: Opcode = Opcode.TEXT) -> None:
        self.transport.write(Frame(opcode, content).serialize(mask=True))

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ready.done():
            last = self.heard[-1].decode() if self.heard else "in the handshake"
            self.ready.set_exception(ConnectionError(f"closed: {last}"))


@dataclass(frozen=True)
class Outcome:
    """One round: deliveries due, and those of them that went wrong in any way.

    Times are in seconds; `busy` is the time for which the clients were at work.
    """

    deliveries: int
    seconds: float
    busy: float
    wrong: int

    @property
    def speed(self) -> float:
        """Deliveries a second."""
        return (self.deliveries - self.wrong) / self.seconds


class Room:
    """The clients in one room of one server."""

    def __init__(self, clients: list[Client], is_typed: bool) -> None:
        self.clients = clients
        self.is_typed = is_typed
        # A typed message goes to everybody but its sender.
        self.listeners = len(clients) - is_typed
        for client in clients:
            client.on_frames = self.arrived

    async def talk(self, seconds: float, in_flight: int) -> Outcome:
        """Send for so long and wait until all has arrived, then check every delivery.

        So many messages are on their way at once: the next is sent when no more
        deliveries are missing than those of the others.
        """
        for client in self.clients:
            client.heard.clear()
        self.number = self.missing = self.heard = 0
        self.enough = (in_flight - 1) * self.listeners
        self.finished = asyncio.get_running_loop().create_future()
        start, start_of_work = perf_counter(), process_time()
        self.deadline = start + seconds
        self.end = start
        for _ in range(in_flight):
            self.send()
        await self.wait_for_the_last()
        busy = process_time() - start_of_work
        wrong = sum(self.count_wrong(client) for client in self.clients)
        deliveries = self.number * self.listeners
        return Outcome(deliveries, self.end - start, busy, wrong)

    async def wait_for_the_last(self) -> None:
        """Wait until nothing is missing, or nothing more has come for a while.

        However slow a server is, what it still delivers is not lost.
        """
        heard = -1
        while not self.finished.done() and heard != self.heard:
            heard = self.heard
            await asyncio.wait([self.finished], timeout=SECONDS_OF_SILENCE)
        if not self.finished.done():
            self.end = perf_counter()

    def count_wrong(self, client: Client) -> int:
        """How many messages a client should have heard and did not, or the reverse.

        One that comes after a later one of the same sender counts as well.
        """
        numbers = [number_in(content) for content in client.heard]
        expected = [
            number
            for number in range(self.number)
            if not (self.is_typed and self.sender_of(number) is client)
        ]
        if numbers == expected:
            return 0
        heard, due = Counter(numbers), Counter(expected)
        wrong = (due - heard).total() + (heard - due).total()
        latest: dict[Client, int] = {}
        for number in numbers:
            sender = self.sender_of(number)
            wrong += number < latest.get(sender, 0)
            latest[sender] = max(number, latest.get(sender, 0))
        return wrong

    def sender_of(self, number: int) -> Client:
        return self.clients[number % len(self.clients)]

    def send(self) -> None:
        self.sender_of(self.number).send(self.encode(self.number))
        self.number += 1
        self.missing += self.listeners

    def encode(self, number: int) -> bytes:
        text = TEXT.format(number=number)
        if not self.is_typed:
            return text.encode()
        payload = {"message": text, "name": "bench"}
        return json.dumps({"action": "new_chat_message", "payload": payload}).encode()

    def arrived(self, count: int) -> None:
        self.missing -= count
        self.heard += count
        if self.missing > self.enough:
            return
        self.end = perf_counter()
        while self.missing <= self.enough and self.end < self.deadline:
            self.send()
        if self.missing <= 0 and not self.finished.done():
            self.finished.set_result(None)


def number_in(content: bytes) -> int:
    """The number of a message; -1 for anything else, which is nothing to be heard."""
    mark = MARK.search(content)
    return int(mark[1]) if mark else -1


async def enter(
    urls: list[str], is_typed: bool, at_once: int
) -> list[Client | BaseException]:
    """Connect a client to each of these addresses, so many of them at once.

    Returns the clients, each in its room, or why it is not.
    """
    turns = asyncio.Semaphore(at_once)

    async def enter_in_turn(url: str) -> Client:
        async with turns, asyncio.timeout(SECONDS_TO_ENTER):
            return await enter_one(url, is_typed)

    return await asyncio.gather(*map(enter_in_turn, urls), return_exceptions=True)


async def enter_one(url: str, is_typed: bool) -> Client:
    address = parse_uri(url)
    loop = asyncio.get_running_loop()
    _, client = await loop.create_connection(
        lambda: Client(url), address.host, address.port
    )
    await client.ready
    if is_typed:
        # Such a server accepts before the client is in the room, and answers after.
        client.ready = loop.create_future()
        client.on_frames = client.answered
        client.send(PING)
        await client.ready
        if b"pong" not in client.heard[-1]:
            raise ConnectionError(f"refused: {client.heard[-1].decode()}")
    return client


def leave(clients: list[Client]) -> None:
    for client in clients:
        client.transport.abort()
