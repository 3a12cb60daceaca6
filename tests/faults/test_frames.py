"""Frames that no application sees: parts of a message, and the protocol's pings."""

import socket
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from tests.faults.clients import ORIGIN, PING
from tests.faults.programs import run_server
from tests.faults.raw import TEXT, frame, handshake

IS_LAST = 0x80
CONTINUATION = 0x00
PROTOCOLS_PING = 0x89
MANY = 20_000


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
    tmp_path: Path, data: bytes
) -> None:
    with run_server(tmp_path / "log") as server:
        assert is_ended_by(server.address, data)

        url = f"ws://{server.address}/ws/chat/lobby/"
        async with connect(url, origin=ORIGIN) as bob:
            await bob.send(PING)
            assert "pong" in str(await bob.recv())
        assert server.log.count("Frames come too fast") == 1
        assert "Traceback" not in server.log
