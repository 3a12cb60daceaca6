"""Addresses and bytes that nobody has thought of, from a client that is no browser."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.raw import TEXT, frame, handshake
from tests.support.clients import SECONDS
from tests.support.programs import Programs
from tests.support.running import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Programs(tmp_path_factory.mktemp("bytes")) as programs:
        yield programs.daphne()


percent_encoded = st.binary().map(lambda data: "".join(f"%{byte:02x}" for byte in data))
printable = st.text(st.characters(min_codepoint=33, max_codepoint=126))
pieces = st.one_of(
    percent_encoded,
    printable,
    st.text().map(quote),
    st.sampled_from(
        ["ws", "chat", "lobby", "..", "%2f", "?", "username=", "&", "x" * 99]
    ),
)
targets = st.builds(
    str.__add__,
    st.sampled_from(
        ["/", "/ws/chat/", "/ws/chat/lobby/?", "/ws/chat/lobby/?username="]
    ),
    st.lists(pieces).map("/".join) | pieces,
)


@settings(max_examples=300)
@given(targets)
def test_any_address_is_served_or_refused(server: Server, target: str) -> None:
    """Nothing may be lost: a client is let in, or told why not, or refused."""
    host, port = server.address.split(":")
    with (
        socket.create_connection((host, int(port)), timeout=SECONDS) as connection,
        connection.makefile("rb") as answer,
    ):
        connection.sendall(handshake(target))
        status = int(answer.readline().split()[1])
        assert status in [101, 400, 403]
        if status == 101:
            while answer.readline() != b"\r\n":
                pass
            # A second after its close frame the server is gone.
            with suppress(ConnectionResetError):
                connection.sendall(frame(TEXT, b'{"action": "ping"}'))
                while read_action(answer) not in ["pong", "error"]:
                    pass
    assert "Traceback" not in server.output


def read_action(answer: BinaryIO) -> str:
    """The action of the next message from a server."""
    opcode, length = answer.read(2)
    assert opcode == TEXT
    if length == 126:
        length = int.from_bytes(answer.read(2))
    action: str = json.loads(answer.read(length))["action"]
    return action


BAD_BYTES = {
    "no UTF-8": frame(TEXT, b"\xff"),
    "not masked": b"\x81\x02hi",
    "unknown opcode": frame(0x83, b"hi"),
    "reserved bit": frame(0xF1, b"hi"),
    "a ping in parts": frame(0x09, b"hi"),
    "a ping that is too long": frame(0x89, b"x" * 126),
    "nothing to continue": frame(0x80, b"hi"),
    "close code that does not exist": frame(0x88, b"\x00\x01"),
    "close with half a code": frame(0x88, b"\x03"),
    "endless": b"\x81\xff" + b"\x7f" + b"\xff" * 7 + bytes(4),
}


@pytest.mark.parametrize("data", BAD_BYTES.values(), ids=BAD_BYTES.keys())
def test_bytes_that_are_no_frame_end_the_connection(
    server: Server, data: bytes
) -> None:
    """That connection is lost."""
    host, port = server.address.split(":")
    with (
        socket.create_connection((host, int(port)), timeout=SECONDS) as connection,
        connection.makefile("rb") as answer,
    ):
        connection.sendall(handshake("/ws/chat/lobby/"))
        while answer.readline() != b"\r\n":
            pass
        connection.sendall(data)
        with suppress(ConnectionResetError):
            assert answer.read() == b""
    assert "Traceback" not in server.output
