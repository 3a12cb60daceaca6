"""Frames that no application sees: parts of a message, and the protocol's pings."""

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from chanx_django.chat.tests.programs import Program
from tests.faults.clients import ORIGIN, PING
from tests.faults.programs import SERVER, run_here
from tests.faults.raw import TEXT, frame, handshake

IS_LAST = 0x80
CONTINUATION = 0x00
PROTOCOLS_PING = 0x89
MANY = 20_000

Run = Callable[[Path], AbstractContextManager[tuple[str, Program]]]


def is_ended_by(address: str, data: bytes) -> bool:
    """Whether the server ends a connection over which this is sent."""
    host, port = address.split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(handshake("/ws/chat/elsewhere/"))
        assert b" 101 " in connection.recv(1 << 12)
        with suppress(ConnectionError):
            connection.sendall(data)
            # Nothing more comes from a connection that goes on, so this would time out.
            while connection.recv(1 << 16):
                pass
        return True


def run_daphne(log: Path) -> AbstractContextManager[tuple[str, Program]]:
    return serve(log, SERVER, r"Listening on TCP address ([\d.]+:\d+)")


def run_uvicorn(log: Path) -> AbstractContextManager[tuple[str, Program]]:
    command = ["uvicorn", "--port", "0", "config.asgi:application"]
    return serve(log, command, r"Uvicorn running on http://([\d.]+:\d+)")


@contextmanager
def serve(log: Path, command: list[str], address: str) -> Iterator[tuple[str, Program]]:
    with run_here(log, command) as program:
        yield program.wait_for(address)[1], program


@pytest.mark.parametrize("run", [run_daphne, run_uvicorn])
@pytest.mark.parametrize(
    "data",
    [
        frame(TEXT & ~IS_LAST, b"") + frame(CONTINUATION, b"x") * MANY,
        frame(TEXT & ~IS_LAST, b"") + frame(CONTINUATION, b"") * MANY,
        frame(PROTOCOLS_PING, b"") * MANY,
    ],
    ids=["parts of a byte", "empty parts", "pings"],
)
async def test_who_sends_very_many_frames_is_let_go(
    tmp_path: Path, run: Run, data: bytes
) -> None:
    with run(tmp_path / "log") as (address, server):
        assert is_ended_by(address, data)

        async with connect(f"ws://{address}/ws/chat/lobby/", origin=ORIGIN) as bob:
            await bob.send(PING)
            assert "pong" in str(await bob.recv())
        log = server.log.read_text(encoding="utf-8")
        assert log.count("Frames come too fast") == 1
        assert "Traceback" not in log
