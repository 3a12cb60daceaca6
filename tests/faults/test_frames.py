"""Frames that no application sees: parts of a message, and the protocol's pings."""

import socket
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.raw import TEXT, frame, handshake
from tests.support.clients import enter
from tests.support.programs import Programs

IS_LAST = 0x80
CONTINUATION = 0x00
PROTOCOLS_PING = 0x89
MANY = 20_000


def is_ended_by(address: str, data: bytes) -> bool:
    """Whether the server ends a connection over which this is sent."""
    host, port = address.split(":")
    with socket.create_connection((host, int(port)), timeout=300) as connection:
        connection.sendall(handshake("/ws/chat/elsewhere/"))
        assert b" 101 " in connection.recv(1 << 12)
        with suppress(ConnectionError):
            connection.sendall(data)
            # Nothing more comes from a connection that goes on, so this would time out.
            while connection.recv(1 << 16):
                pass
        return True


@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
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
    tmp_path: Path, kind: str, data: bytes
) -> None:
    with Programs(tmp_path) as programs:
        server = programs.daphne() if kind == "daphne" else programs.uvicorn()
        assert is_ended_by(server.address, data)

        async with enter(server.address, name="bob"):
            pass
        assert server.output.count("Frames come too fast") == 1
        assert "Traceback" not in server.output
