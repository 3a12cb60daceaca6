import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from tests.examples.server import (
    Examples,
    Server,
    at_once,
)
from tests.examples.troubleshooting.errors import (
    DAPHNE,
    EXAMPLE,
    SETTINGS,
    errors_of,
    is_in,
)
from tests.support.commands import wait_until
from tests.support.ports import free_ports

# What the clients of some mistakes send.
SENT: dict[str, str | bytes] = {
    "no-json": "hello",
    "json-bytes": b"\x00",
    "redis-gone": "hello",
}


@pytest.fixture(scope="module")
def certificate(folder: Path) -> Path:
    """A key and a certificate of its own making, in one file."""
    file = folder / "certificate.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost"
    subprocess.run(
        [*command.split(), "-keyout", file, "-out", folder / "public.pem"],
        check=True,
        capture_output=True,
    )
    with file.open("a") as whole:
        whole.write((folder / "public.pem").read_text())
    return file


@pytest.fixture(scope="module")
def tls_port() -> int:
    return free_ports(1)[0]


@pytest.fixture(scope="module")
def server(
    examples: Examples, redis_url: str, certificate: Path, tls_port: int
) -> Server:
    """The example with all the mistakes, with and without TLS."""
    (port,) = free_ports(1)
    tls = f"ssl:{tls_port}:interface=127.0.0.1:privateKey={certificate}"
    command = [
        *DAPHNE,
        *("--endpoint", f"tcp:{port}:interface=127.0.0.1"),
        *("--endpoint", f"{tls}:certKey={certificate}"),
        # Instead of 10 s, after which Daphne complains of a consumer that goes on.
        *("--application-close-timeout", "1"),
        "config.asgi:application",
    ]
    server = examples.serve(*command, REDIS_URL=redis_url, **SETTINGS, **EXAMPLE)
    # Daphne listens at both, in an order of its own.
    server.at = f"127.0.0.1:{port}"
    server.wait_for_output(f"Listening on TCP address 127.0.0.1:{port}")
    return server


def visit(server: Server, name: str) -> None:
    """Do what makes the consumer of that name fail, and see it fail."""
    path = f"/ws/{name}/"
    if name == "slow-end":
        with server.connect(path) as socket:
            socket.send("hello")
    elif name == "redis-timeout":
        # After five seconds, or on a busy machine after five more.
        with server.connect(path):
            wait_until(lambda: is_in(name, server.output), "Redis and redis-py agree")
    else:
        server.ask(path, *([SENT[name]] if name in SENT else []))


@pytest.fixture(scope="module")
def visits(server: Server) -> Iterator[Future[object]]:
    """All errors of the log, on their way: one takes five seconds."""
    names = errors_of("In the server's log")
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(at_once, partial(visit, server), names)
