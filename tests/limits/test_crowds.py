"""Many who come at once."""

import asyncio
import json
import time

import pytest
from daphne.cli import CommandLineInterface
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.limits.conftest import Measured
from tests.limits.programs import Programs
from tests.support.clients import (
    crowd,
    enter,
    open_socket,
    receive,
    say,
    send,
    url_of,
)
from tests.support.ports import free_ports

pytestmark = pytest.mark.covers("G17")

CLIENTS = 500
NAMES = 300
# An application that does not get round to accepting anybody.
BUSY = """
import asyncio

async def application(scope, receive, send):
    await asyncio.sleep(60)
"""


@pytest.mark.timed
async def test_all_come_back_at_once(programs: Programs, measured: Measured) -> None:
    """In the same instant, from which chance keeps the chat page."""
    url = programs.redis().url
    server = programs.server(url)
    address = server.address
    _, proxy = programs.proxy([address])
    nobody = [""] * CLIENTS
    async with enter(address):
        before = server.mebibytes
    async with crowd(proxy, "lobby", nobody) as people:
        measured("idle.kib", (server.mebibytes - before) * 1024 / CLIENTS, factor=2)
        server.kill()
        for person in people:
            with pytest.raises(ConnectionClosed):
                await person.recv()
    port = int(address.split(":")[1])
    assert programs.server(url, port=port).address == address

    began = time.monotonic()
    async with crowd(proxy, "lobby", nobody) as people:
        seconds = time.monotonic() - began
        await say(people[0], "Is everybody back?")
        await asyncio.gather(*[receive(p, "new_chat_message") for p in people[1:]])

    measured("return.clients", CLIENTS)
    measured("return.seconds", seconds, factor=3, grows=1)


@pytest.mark.timed
@pytest.mark.parametrize("layer", ["in_memory", "redis"])
async def test_many_names_enter_a_room_at_once(
    programs: Programs, measured: Measured, layer: str
) -> None:
    address = programs.server(programs.redis().url if layer == "redis" else "").address
    names = {f"person{number}" for number in range(NAMES)}

    async def come(name: str) -> ClientConnection:
        """Enter as the chat page does, and wait until everybody is in the list."""
        socket = await open_socket(url_of(address, name=name))
        await send(socket, "who_is_here")
        known = {name}
        while known != names:
            message = json.loads(await socket.recv())
            if message["action"] == "members":
                known.update(message["payload"]["names"])
            if message["action"] == "user_joined":
                known.add(message["payload"]["name"])
        return socket

    began = time.monotonic()
    async with asyncio.timeout(100):
        sockets = await asyncio.gather(*map(come, names))
    seconds = time.monotonic() - began
    for socket in sockets:
        socket.transport.abort()

    measured("names.number", NAMES)
    measured(f"names.{layer}.seconds", seconds, factor=4, grows=1)


async def test_daphne_refuses_a_handshake_that_takes_too_long(
    programs: Programs, measured: Measured
) -> None:
    default = CommandLineInterface().parser.get_default("websocket_connect_timeout")
    measured("daphne.websocket_connect_timeout", default)
    port = str(free_ports(1)[0])
    (programs.project / "busy.py").write_text(BUSY)
    command = ["daphne", "--port", port, "--websocket_connect_timeout", "1"]
    programs.start(*command, "busy:application", until="Listening on TCP address")

    with pytest.raises(InvalidHandshake):
        await open_socket(url_of(f"127.0.0.1:{port}"))
