"""The page's proxies, which are real ones, in front of a real Daphne."""

from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from course.system_packages import require
from tests.examples.conftest import ServeExample
from tests.examples.facts import Row, facts
from tests.examples.server import EXAMPLES, RUN, Examples, Server
from tests.support.ports import free_port
from tests.support.running import HOST

pytestmark = pytest.mark.covers("G20")

WHERE = "proxies/where.py"
SECONDS = 30
# What Debian's own configuration loads, after "a2enmod proxy_http headers".
MODULES = ["mpm_event", "authz_core", "proxy", "proxy_http", "headers"]
DAPHNE = ("daphne", "--proxy-headers", "--port", "0", "config.asgi:application")


@pytest.fixture(scope="module")
def daphne(examples: Examples) -> Server:
    variables = {
        "EXAMPLE": "proxies.where",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return examples.serve(*DAPHNE, **variables)


def written(file: str, folder: Path, daphne: Server, port: int, left_out: str) -> Path:
    """A configuration of the page with real ports, and without those words."""
    text = (EXAMPLES / file).read_text(encoding="utf-8")
    assert left_out in text
    text = text.replace(left_out, "").replace("8001", str(daphne.port))
    configuration = folder / f"{port}-{Path(file).name}"
    configuration.write_text(text.replace("8080", str(port)), encoding="utf-8")
    return configuration


def start_apache(examples: Examples, daphne: Server, left_out: str = "") -> int:
    port = free_port()
    site = written("proxies/apache.conf", examples.folder, daphne, port, left_out)
    main = [
        f"LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so" for m in MODULES
    ]
    own = f"{examples.folder}/apache-{port}"
    main += ["ServerName localhost", f"PidFile {own}.pid", "ErrorLog /dev/stderr"]
    main += [f"Listen {HOST}:{port}", "User nobody", "Group nogroup", f"Include {site}"]
    file = Path(f"{own}.conf")
    file.write_text("\n".join(main) + "\n", encoding="utf-8")
    command = (require("apache2-bin"), "-D", "FOREGROUND", "-f", str(file))
    examples.start(*command).wait_for_port(port)
    return port


def start_caddy(examples: Examples, daphne: Server, left_out: str = "") -> int:
    port = free_port()
    file = written("proxies/Caddyfile", examples.folder, daphne, port, left_out)
    # It answers commands at a port of its own, which other tests may use.
    text = file.read_text(encoding="utf-8")
    file.write_text("{\n\tadmin off\n}\n" + text, encoding="utf-8")
    own = {"HOME": str(examples.folder), "XDG_DATA_HOME": str(examples.folder)}
    command = (require("caddy"), "run", "--config", str(file), "--adapter", "caddyfile")
    examples.start(*command, **own).wait_for_port(port)
    return port


STARTS = {"Apache": start_apache, "Caddy": start_caddy}


@pytest.fixture(scope="module", params=STARTS)
def proxy(request: pytest.FixtureRequest, examples: Examples, daphne: Server) -> int:
    start: Callable[[Examples, Server], int] = STARTS[request.param]
    return start(examples, daphne)


def ask(
    port: int,
    origin: str = "",
    address: str = HOST,
    client: str = HOST,
    **headers: str,
) -> str:
    """What the consumer says, or the status of the refusal."""
    try:
        with connect(
            f"ws://{address}:{port}/ws/where/",
            origin=Origin(origin or f"http://{address}:{port}"),
            additional_headers={n.replace("_", "-"): v for n, v in headers.items()},
            source_address=(client, 0),
            proxy=None,
        ) as socket:
            return str(socket.recv(SECONDS))
    except InvalidStatus as error:
        return str(error.response.status_code)


def get(port: int, **headers: str) -> str:
    """The text of the page, or the status of the refusal."""
    request = Request(f"http://{HOST}:{port}/", headers=headers)
    try:
        with urlopen(request, timeout=SECONDS) as answer:
            return str(answer.read().decode())
    except HTTPError as error:
        return str(error.code)


def test_the_page_and_the_socket_come_through(proxy: int) -> None:
    assert get(proxy) == f"http://{HOST}:{proxy}/"
    assert ask(proxy, client="127.0.0.77") == "from 127.0.0.77"


def test_a_strange_page_is_refused(proxy: int) -> None:
    assert ask(proxy, "http://evil.example") == "403"


def test_a_forged_address_does_not_come_through(proxy: int) -> None:
    forged = ask(proxy, client="127.0.0.77", X_Forwarded_For="192.0.2.1")

    assert forged == "from 127.0.0.77"


def test_apache_without_the_last_word(examples: Examples, daphne: Server) -> None:
    assert ask(start_apache(examples, daphne, " upgrade=websocket")) == "404"


def test_apache_without_the_host(examples: Examples, daphne: Server) -> None:
    port = start_apache(examples, daphne, "ProxyPreserveHost On")

    assert get(port) == f"http://{HOST}:{daphne.port}/"


def test_apache_without_the_address(examples: Examples, daphne: Server) -> None:
    line = "RequestHeader set X-Forwarded-For expr=%{REMOTE_ADDR}"
    port = start_apache(examples, daphne, line)

    assert ask(port, X_Forwarded_For="192.0.2.1") == "from 192.0.2.1"


@pytest.mark.parametrize("row", facts("proxies/tunnels.csv"))
def test_a_tunnel(row: Row, serve_example: ServeExample) -> None:
    server = serve_example(WHERE, DJANGO_ALLOWED_HOSTS=row["ALLOWED_HOSTS"])
    head = f"Host: {row['Host']}\r\n".encode()
    origin = f"Origin: {row['Origin']}\r\n".encode()

    page = server.send_request(b"GET / HTTP/1.1\r\n" + head + b"\r\n")
    socket = server.send_request(
        b"GET /ws/where/ HTTP/1.1\r\n"
        + head
        + origin
        + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )

    assert page.split()[1].decode() == row["Page"]
    opened = socket.split()[1].decode().replace("101", "opens")
    assert opened == row["Socket"]


def test_other_devices(examples: Examples) -> None:
    """At 127.0.0.2, which is this computer too, but not where runserver listens."""
    one, all_of_them = free_port(), free_port()
    for where, port in [(str(one), one), (f"0.0.0.0:{all_of_them}", all_of_them)]:
        examples.start(
            *(*RUN, WHERE, "runserver", "--noreload", where),
            DJANGO_ALLOWED_HOSTS="127.0.0.1,127.0.0.2",
        ).wait_for_port(port)

    with pytest.raises(ConnectionRefusedError):
        ask(one, address="127.0.0.2")
    assert ask(all_of_them, address="127.0.0.2") == "from 127.0.0.1"
    assert ask(all_of_them, address="127.0.0.3") == "403"
