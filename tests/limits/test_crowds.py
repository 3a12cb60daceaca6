"""Many who come at once."""

import asyncio
import time

import pytest
from daphne.cli import CommandLineInterface
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.limits.clients import (
    crowd,
    open_socket,
    receive,
    say,
    url_of,
)
from tests.limits.conftest import Measured
from tests.limits.programs import Programs
from tests.replay.ports import free_ports

pytestmark = pytest.mark.timeout(120)

CLIENTS = 500
# An application that does not get round to accepting anybody.
BUSY = """
import asyncio

async def application(scope, receive, send):
    await asyncio.sleep(60)
"""


async def test_all_come_back_at_once(programs: Programs, measured: Measured) -> None:
    """In the same instant, from which chance keeps the chat page."""
    _, url = programs.redis()
    server, address = programs.server(url)
    _, proxy = programs.proxy([address])
    nobody = [""] * CLIENTS
    async with crowd(proxy, "lobby", nobody) as people:
        server.kill()
        for person in people:
            with pytest.raises(ConnectionClosed):
                await person.recv()
    port = int(address.split(":")[1])
    programs.server_at(port, url).wait_for_output("Listening on TCP address")

    began = time.monotonic()
    async with crowd(proxy, "lobby", nobody) as people:
        seconds = time.monotonic() - began
        await say(people[0], "Is everybody back?")
        await asyncio.gather(*[receive(p, "new_chat_message") for p in people[1:]])

    measured("return.clients", CLIENTS)
    measured("return.seconds", seconds, factor=3)


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
