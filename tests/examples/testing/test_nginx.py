import re
import ssl
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.examples.server import Examples
from tests.examples.testing.deployed import TLS_PORT, Start, ask, commands_in, text_of
from tests.support.nginx import start_nginx
from tests.support.ports import free_ports, replace_numbers

pytestmark = pytest.mark.covers("G15")


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
        start_nginx(examples, file, port)
        return port

    return serve


@pytest.fixture(scope="module")
def proxy(serve_nginx: Callable[[str], int]) -> int:
    """The port of nginx with the page's configuration as it is."""
    return serve_nginx("")


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
