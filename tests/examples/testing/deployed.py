"""What the page shows for a deployment, and a client of what it starts."""

import shlex
import ssl
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.examples.server import EXAMPLES, module_of
from tests.support.ports import replace_numbers
from tests.support.running import Program

CONSUMER = {
    "EXAMPLE": module_of("testing/deployed.py"),
    "DJANGO_SETTINGS_MODULE": "config.settings",
}
TLS_PORT = 8443
Start = Callable[[list[str]], Program]


def text_of(file: str) -> str:
    return (EXAMPLES / file).read_text(encoding="utf-8")


def commands_in(file: str, ports: dict[int, int]) -> list[list[str]]:
    """The commands of a script that start Daphne: this one, on other ports."""
    lines = replace_numbers(text_of(file), ports).splitlines()
    return [[sys.executable, "-m", *shlex.split(line)] for line in lines]


def connect_to(port: int, certificate: Path, **options: Any) -> ClientConnection:
    """Connect to the consumer as a page does that came over HTTPS."""
    socket: ClientConnection = connect(
        f"wss://localhost:{port}/ws/where/",
        ssl=ssl.create_default_context(cafile=certificate),
        origin=Origin(f"https://localhost:{port}"),
        proxy=None,
        **options,
    )
    return socket


def ask(port: int, certificate: Path, **options: Any) -> str:
    """What the consumer says to it."""
    with connect_to(port, certificate, **options) as socket:
        return str(socket.recv(timeout=10))
