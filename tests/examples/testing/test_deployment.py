"""The commands and the configuration that the page shows for a deployment."""

import re
import shlex
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
import uvicorn
from daphne.cli import CommandLineInterface
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.examples.server import EXAMPLES, Examples, module_of
from tests.support.ports import free_ports, replace_numbers
from tests.support.programs import Program

pytestmark = pytest.mark.covers("G15")

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


@pytest.fixture(scope="module")
def start(folder: Path) -> Iterator[Start]:
    """Starts a program in the folder with the certificate, until the last test."""
    with Examples(folder, folder) as programs:
        consumer = {**CONSUMER, "PYTHONPATH": str(EXAMPLES)}
        yield lambda command: programs.start(*command, **consumer)


@pytest.fixture(scope="module")
def certificate(folder: Path) -> Path:
    command = shlex.split(text_of("testing/certificate.sh"))
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "certificate.pem"


@pytest.fixture(scope="module")
def servers(start: Start) -> dict[int, int]:
    """The two servers: their ports on the page, and where they really listen."""
    ports = dict(zip((8001, 8002), free_ports(2), strict=True))
    started = [start(command) for command in commands_in("testing/servers.sh", ports)]
    for server in started:
        server.wait_for_output("Listening on TCP address")
    return ports


@pytest.fixture(scope="module")
def serve_nginx(
    examples: Examples, servers: dict[int, int], certificate: Path, folder: Path
) -> Callable[[str], int]:
    def serve(left_out: str) -> int:
        """Serve the page's configuration without that line, and return the port."""
        (port,) = free_ports(1)
        text = text_of("testing/nginx.conf")
        assert left_out in text
        # An ordinary user has no folder of nginx's to write to.
        own = ["access_log off;"] + [
            f"{kind}_temp_path {folder}/{kind};"
            for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        ]
        text = replace_numbers(text.replace(left_out, ""), {**servers, TLS_PORT: port})
        text = text.replace("http {", f"http {{\n    {' '.join(own)}")
        file = folder / f"nginx-{port}.conf"
        file.write_text(text, encoding="utf-8")
        examples.nginx(file, port)
        return port

    return serve


@pytest.fixture(scope="module")
def proxy(serve_nginx: Callable[[str], int]) -> int:
    """The port of nginx with the page's configuration as it is."""
    return serve_nginx("")


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


def test_the_proxy_takes_wss_to_both_servers(proxy: int, certificate: Path) -> None:
    answers = {ask(proxy, certificate) for _ in range(4)}

    assert len(answers) == 2
    for answer in answers:
        assert re.fullmatch(r"process \d+, from 127\.0\.0\.1", answer)


def test_the_consumer_sees_the_address_of_the_client(
    proxy: int, certificate: Path
) -> None:
    answer = ask(
        proxy,
        certificate,
        source_address=("127.0.0.77", 0),
        additional_headers={"X-Forwarded-For": "192.0.2.1"},
    )

    assert answer.endswith(", from 127.0.0.77")


def test_who_reaches_a_server_can_claim_any_address(servers: dict[int, int]) -> None:
    with connect(
        f"ws://127.0.0.1:{servers[8001]}/ws/where/",
        origin=Origin("http://localhost"),
        additional_headers={"X-Forwarded-For": "192.0.2.1"},
        proxy=None,
    ) as socket:
        assert str(socket.recv(timeout=10)).endswith(", from 192.0.2.1")


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("proxy_set_header Upgrade $http_upgrade;", 404),
        ("proxy_set_header Connection $connection_header;", 400),
    ],
)
def test_without_a_line_there_are_no_websockets(
    line: str, status: int, serve_nginx: Callable[[str], int], certificate: Path
) -> None:
    port = serve_nginx(line)

    with pytest.raises(InvalidStatus, match=f"HTTP {status}"):
        ask(port, certificate)


def send_form(port: int, certificate: Path) -> str:
    """What Django answers to a form of its own page, which came over HTTPS."""
    token = "a" * 32
    request = urllib.request.Request(
        f"https://localhost:{port}/form/",
        data=b"",
        headers={
            "Origin": f"https://localhost:{port}",
            "Cookie": f"csrftoken={token}",
            "X-CSRFToken": token,
        },
    )
    context = ssl.create_default_context(cafile=certificate)
    try:
        with urllib.request.urlopen(request, timeout=10, context=context) as answer:
            return str(answer.read().decode())
    except HTTPError as error:
        return f"status {error.code}"


def test_django_knows_that_a_form_came_over_https(
    proxy: int, serve_nginx: Callable[[str], int], certificate: Path
) -> None:
    without = serve_nginx("proxy_set_header X-Forwarded-Proto $scheme;")

    assert send_form(proxy, certificate) == "taken over https"
    assert send_form(without, certificate) == "status 403"


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
