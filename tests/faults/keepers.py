"""Clients that lose nothing: what the chat page does, without the page."""

import asyncio
import itertools
import json
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.support.clients import open_socket, send, url_of

SECONDS_OF_A_BEAT = 0.5
# A message as it stands in a log or in the database: its number, its author, its id.
Line = tuple[int, str, str]


class Keeper:
    """Somebody who talks and listens, comes back, and sends again what was not saved.

    All of them give their messages the same ids.
    """

    def __init__(self, name: str, addresses: list[str], has_heartbeat: bool = True):
        self.name = name
        self.addresses = itertools.cycle(addresses)
        self.has_heartbeat = has_heartbeat
        self.log: list[Line] = []
        # Of the windows that were reloaded.
        self.older_logs: list[list[Line]] = []
        self.said = 0
        self.waiting: dict[str, str] = {}
        self.saved: dict[str, int] = {}
        self.highest = 0
        self.socket: ClientConnection | None = None
        self.is_asked = False
        self.has_caught_up = asyncio.Event()

    @property
    def newest(self) -> int:
        return self.log[-1][0] if self.log else 0

    async def say(self) -> None:
        self.said += 1
        self.waiting[str(self.said)] = f"{self.name} says {self.said}"
        if self.socket:
            with suppress(ConnectionClosed):
                await self.send_message(self.socket, str(self.said))

    async def send_message(self, socket: ClientConnection, id: str) -> None:
        if text := self.waiting.get(id):
            payload = {"message": text, "name": self.name, "id": id}
            await send(socket, "new_chat_message", payload)

    async def live(self) -> None:
        """Be connected, to one server or another, until this is cancelled."""
        while True:
            with suppress(ConnectionClosed, InvalidHandshake, OSError, TimeoutError):
                url = url_of(next(self.addresses), "lobby", self.name)
                # Whoever hangs is left, as a page leaves it.
                async with open_socket(url, open_timeout=5, close_timeout=1) as socket:
                    await self.stay(socket)
            await asyncio.sleep(0.1)

    async def stay(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.is_asked = False
        await self.ask(socket)
        for id in list(self.waiting):
            await self.send_message(socket, id)
        beating = asyncio.create_task(self.beat(socket))
        try:
            while True:
                # An answer to a heartbeat is overdue.
                async with asyncio.timeout(5 if self.has_heartbeat else None):
                    frame = await socket.recv()
                message = json.loads(frame)
                # What still comes to a window that was reloaded, nobody sees.
                if self.socket is socket:
                    await self.hear(socket, message["action"], message["payload"])
        finally:
            self.socket = None
            beating.cancel()

    async def beat(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            while self.has_heartbeat:
                await asyncio.sleep(SECONDS_OF_A_BEAT)
                await self.ask(socket)

    async def ask(self, socket: ClientConnection) -> None:
        if not self.is_asked:
            self.is_asked = True
            await send(socket, "get_history", {"after": self.newest})

    async def hear(self, socket: ClientConnection, action: str, payload: Any) -> None:
        match action:
            case "message_saved":
                self.waiting.pop(payload["id"], None)
                self.saved[payload["id"]] = payload["seq"]
                await self.take(socket, [payload | {"name": self.name}])
            case "new_chat_message":
                await self.take(socket, [payload])
            case "error":
                self.is_asked = False
                if id := payload.get("try_again"):
                    await self.send_message(socket, id)
            case "history":
                self.is_asked = False
                self.log += [
                    line_of(message)
                    for message in payload["messages"]
                    if message["seq"] > self.newest
                ]
                if payload["more"] or self.newest < self.highest:
                    await self.ask(socket)
                else:
                    self.has_caught_up.set()

    async def take(self, socket: ClientConnection, messages: list[Any]) -> None:
        for message in messages:
            self.highest = max(self.highest, message["seq"])
            if message["seq"] == self.newest + 1:
                self.log.append(line_of(message))
            elif message["seq"] > self.newest:
                await self.ask(socket)

    async def reload(self) -> None:
        """Forget all but what is not saved yet, as a page does that is reloaded."""
        self.older_logs.append(self.log)
        self.log, self.highest = [], 0
        socket, self.socket = self.socket, None
        if socket:
            await socket.close()


def line_of(message: Any) -> Line:
    return message["seq"], message["name"], message["id"]


def violations(keepers: list[Keeper], stored: list[Line]) -> list[str]:
    """What was promised and is not so."""
    found = []
    if [seq for seq, _, _ in stored] != [*range(1, len(stored) + 1)]:
        found.append("the numbers in the database have gaps, or come twice")
    places = {(name, id): seq for seq, name, id in stored}
    if len(places) != len(stored):
        found.append("a message is in the database twice")
    for keeper in keepers:
        for id, seq in keeper.saved.items():
            if places.get((keeper.name, id)) != seq:
                found.append(f"{keeper.name}'s {id} was acknowledged as {seq}")
        if keeper.log != stored:
            [here, there], *_ = [
                pair
                for pair in itertools.zip_longest(keeper.log, stored)
                if pair[0] != pair[1]
            ]
            found.append(f"{keeper.name} has {here}, and the database {there}")
        for log in keeper.older_logs:
            if log != stored[: len(log)]:
                found.append(f"{keeper.name} saw another order before a reload")
    return found
