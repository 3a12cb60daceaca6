"""Daphne and Uvicorn without a proxy."""

import shlex
from pathlib import Path

import pytest
import uvicorn
from daphne.cli import CommandLineInterface
from websockets.exceptions import ConnectionClosed

from tests.examples.server import EXAMPLES
from tests.examples.testing.deployed import (
    TLS_PORT,
    Start,
    ask,
    commands_in,
    connect_to,
)
from tests.support.ports import free_ports

pytestmark = pytest.mark.covers("G15")


def test_daphne_ends_a_connection_that_is_old(start: Start, certificate: Path) -> None:
    """After a day, says the page; here after a second."""
    assert CommandLineInterface().parser.get_default("websocket_timeout") == 86_400
    (port,) = free_ports(1)
    [command] = commands_in("testing/tls.sh", {TLS_PORT: port})
    server = start([*command, "--websocket_timeout", "1"])
    server.wait_for_output("Listening on TCP address")

    with connect_to(port, certificate) as socket:
        socket.recv(timeout=10)
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=10)
        assert socket.close_code == 1000


def test_daphne_speaks_tls_itself(start: Start, certificate: Path) -> None:
    (port,) = free_ports(1)
    [command] = commands_in("testing/tls.sh", {TLS_PORT: port})
    server = start(command)
    server.wait_for_output("Listening on TCP address")

    assert ask(port, certificate).startswith("process ")


def test_uvicorn_starts_without_compression_and_with_the_size_of_daphne() -> None:
    """What a client sees of that is in tests/limits/test_sizes.py."""
    command = shlex.split((EXAMPLES / "testing/uvicorn.sh").read_text())

    options = uvicorn.main.make_context(command[0], command[1:]).params

    assert options["ws_per_message_deflate"] is False
    assert options["ws_max_size"] == 2**20
