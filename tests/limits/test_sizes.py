"""What becomes of a message that is too large."""

import shlex
from collections.abc import Callable

import pytest
from websockets.exceptions import ConnectionClosed

from tests.examples.server import EXAMPLES
from tests.limits.conftest import Measured
from tests.limits.programs import Programs
from tests.support.clients import enter, receive, send
from tests.support.running import Program

pytestmark = pytest.mark.covers("G17")

MEBIBYTE = 2**20
NO_CODE = 1006


def start_daphne(programs: Programs) -> tuple[Program, str]:
    server = programs.server()
    return server, server.address


def start_nginx(programs: Programs) -> tuple[Program, str]:
    server = programs.server()
    address = server.address
    return server, programs.proxy([address])[1]


def start_uvicorn(programs: Programs) -> tuple[Program, str]:
    server = programs.uvicorn()
    return server, server.address


@pytest.mark.parametrize(
    ("start", "code_of_a_byte_more", "code_of_100_mebibytes"),
    [
        (start_daphne, NO_CODE, NO_CODE),
        (start_nginx, NO_CODE, NO_CODE),
        # Its limit is 16 MiB, so that the chat's own comes first.
        (start_uvicorn, 4009, 1009),
    ],
)
async def test_a_message_may_have_a_mebibyte_at_most(
    programs: Programs,
    start: Callable[[Programs], tuple[Program, str]],
    code_of_a_byte_more: int,
    code_of_100_mebibytes: int,
) -> None:
    server, address = start(programs)
    assert await code_after(address, MEBIBYTE) == 4009
    before = server.mebibytes

    assert await code_after(address, MEBIBYTE + 1) == code_of_a_byte_more
    assert await code_after(address, 100 * MEBIBYTE) == code_of_100_mebibytes

    # The server does not even take it in.
    assert server.mebibytes - before < 10


async def test_a_server_inflates_nothing(programs: Programs) -> None:
    """Uvicorn as docs/guide/testing.rst starts it. Daphne has no compression."""
    command = shlex.split((EXAMPLES / "testing" / "uvicorn.sh").read_text())
    of_uvicorn = programs.uvicorn("", *command[1:-1]).address
    of_daphne = programs.server().address

    for address in of_uvicorn, of_daphne:
        async with enter(address, compression="deflate") as client:
            assert client.request
            assert "Sec-WebSocket-Extensions" in client.request.headers
            assert client.protocol.extensions == []
    assert await code_after(of_uvicorn, MEBIBYTE + 1) == 1009


async def test_longest_text_and_longest_frame(
    programs: Programs, measured: Measured
) -> None:
    address = programs.server().address
    async with enter(address) as client:
        for length in [4096, 4097]:
            payload = {"message": "x" * length, "name": "alice"}
            await send(client, "new_chat_message", payload)
        [fault] = await receive(client, "error")
        assert fault["msg"] == "String should have at most 4096 characters"

    assert await code_after(address, 65_536) is None
    assert await code_after(address, 65_537) == 4009
    measured("size.text", 4096)
    measured("size.frame", 65_536)


async def code_after(address: str, size: int) -> int | None:
    """The code with which a text of so many bytes closes the connection, if it does.

    A browser calls it 1006 where the connection ends without a close frame.
    """
    async with enter(address, compression=None) as client:
        try:
            await client.send("x" * size)
            await receive(client, "error")
            await send(client, "ping")
            await receive(client, "pong")
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else NO_CODE
        return None
