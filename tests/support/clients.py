"""WebSocket clients of the chat."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

SECONDS = 60
ORIGIN = Origin("http://localhost")


def url_of(address: str, room: str = "lobby", name: str = "") -> str:
    query = f"?username={quote(name)}" if name else ""
    return f"ws://{address}/ws/chat/{room}/{query}"


def open_socket(url: str, **options: Any) -> connect:
    """A connection as a page makes one; options of `connect`."""
    defaults = {
        "origin": ORIGIN,
        "proxy": None,
        "open_timeout": SECONDS,
        "ping_interval": None,
    }
    return connect(url, **defaults | options)


@asynccontextmanager
async def enter(
    address: str, room: str = "lobby", name: str = "", **options: Any
) -> AsyncIterator[ClientConnection]:
    """A client that is in the room."""
    async with open_socket(url_of(address, room, name), **options) as socket:
        await wait_until_answered(socket)
        yield socket


@asynccontextmanager
async def crowd(
    address: str, room: str, names: Sequence[str]
) -> AsyncIterator[list[ClientConnection]]:
    """Clients that enter a room all at once, and leave it all at once."""

    async def enter_alone(name: str) -> ClientConnection:
        socket = await open_socket(url_of(address, room, name))
        await wait_until_answered(socket)
        return socket

    sockets = await asyncio.gather(*map(enter_alone, names))
    yield sockets
    await asyncio.gather(*(socket.close() for socket in sockets))


async def wait_until_answered(socket: ClientConnection) -> None:
    """Wait for a pong: the client is in the room, and all it has sent is handled."""
    await send(socket, "ping")
    await receive(socket, "pong")


async def send(socket: ClientConnection, action: str, payload: Any = None) -> None:
    await socket.send(json.dumps({"action": action, "payload": payload}))


async def say(socket: ClientConnection, message: str) -> None:
    await send(socket, "new_chat_message", {"message": message, "name": "whoever"})


async def receive(socket: ClientConnection, action: str) -> Any:
    """The payload of the next message with that action."""
    async with asyncio.timeout(SECONDS):
        while True:
            message = json.loads(await socket.recv())
            if message["action"] == action:
                return message["payload"]
