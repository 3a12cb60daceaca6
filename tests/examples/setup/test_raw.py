import http.client
import inspect
import runpy
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from websockets.exceptions import InvalidHandshake

from tests.examples.conftest import ServeExample
from tests.examples.facts import rows_of
from tests.examples.server import EXAMPLES, Examples, Server

pytestmark = pytest.mark.covers("G1")

TABLE = "setup/asgi_and_wsgi.csv"
FILES = {"WSGI": "setup/raw_wsgi.py", "ASGI": "setup/raw_asgi.py"}


@pytest.fixture(scope="module")
def servers(examples: Examples, serve_example: ServeExample) -> dict[str, Server]:
    """Both applications, each served."""
    wsgi = examples.serve("python", FILES["WSGI"], "0")
    return {"WSGI": wsgi, "ASGI": serve_example(FILES["ASGI"])}


@pytest.fixture(scope="module")
def measured(servers: dict[str, Server]) -> dict[str, dict[str, str]]:
    """What is found of each kind of application, by what the table calls it."""
    return {kind: measure(kind, server) for kind, server in servers.items()}


def seconds_of_two(server: Server) -> float:
    """How long two requests take, each of which waits half a second."""
    started = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(get, [server] * 2, ["/slow/"] * 2))
    return time.monotonic() - started


def measure(kind: str, server: Server) -> dict[str, str]:
    application = runpy.run_path(str(EXAMPLES / FILES[kind]))["application"]
    is_async = inspect.iscoroutinefunction(application)
    first, second = (number_in(get(server, "/")) for _ in range(2))
    # On a busy machine, one of the attempts to wait side by side may take so long too.
    is_in_a_row = all(seconds_of_two(server) >= 1.0 for _ in range(5))
    return {
        "The server calls the application with": ", ".join(
            inspect.signature(application).parameters
        ),
        "The application is": "an asynchronous function" if is_async else "a function",
        "Two requests are": {1: "two calls"}.get(second - first, "something else"),
        "A WebSocket with three messages is": of_three_messages(server),
        "Of two requests that wait half a second, the second comes after": (
            "1.0 s" if is_in_a_row else "0.5 s"
        ),
    }


def get(server: Server, path: str) -> str:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    connection.request("GET", path)
    return connection.getresponse().read().decode()


def number_in(text: str) -> int:
    return int(text.removesuffix(".").rpartition(" ")[2])


def of_three_messages(server: Server) -> str:
    try:
        with server.connect("/") as socket:
            for text in "one", "two", "three":
                socket.send(text)
            calls = {number_in(str(socket.recv())) for _ in range(3)}
    except InvalidHandshake:
        return "no WebSocket"
    return "one call" if len(calls) == 1 else f"{len(calls)} calls"


@pytest.mark.parametrize("what", [row["What"] for row in rows_of(TABLE)])
@pytest.mark.parametrize("kind", FILES)
def test_asgi_and_wsgi(
    what: str, kind: str, measured: dict[str, dict[str, str]]
) -> None:
    (row,) = (row for row in rows_of(TABLE) if row["What"] == what)

    assert measured[kind][what] == row[kind]


def test_bytes_close_the_connection(servers: dict[str, Server]) -> None:
    assert servers["ASGI"].ask("/", b"bytes") == "code 4003"
