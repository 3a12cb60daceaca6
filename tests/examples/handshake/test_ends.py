import re
import socket as sockets
import struct
from collections.abc import Callable

import pytest
from playwright.sync_api import Error, Page
from websockets.exceptions import ConnectionClosed

from tests.examples.conftest import ServeExample
from tests.examples.facts import Row, facts
from tests.examples.server import Server
from tests.support.commands import wait_until

pytestmark = pytest.mark.covers("G6")

OPEN = """
path => new Promise((resolve) => {
  const socket = new WebSocket(`ws://${location.host}${path}`);
  window.socket = socket;
  window.ended = new Promise((resolve) => {
    socket.onclose = ({ code, reason }) => resolve([code, reason]);
  });
  socket.onopen = resolve;
  socket.onerror = resolve;
})
"""


def by_consumer(path: str) -> Callable[[Page, Server], None]:
    return lambda page, server: page.evaluate(OPEN, path)


def by_page(call: str) -> Callable[[Page, Server], None]:
    def end(page: Page, server: Server) -> None:
        page.evaluate(OPEN, "/ws/wait/")
        page.evaluate(f"socket.{call}")

    return end


def by_leaving(page: Page, server: Server) -> None:
    page.evaluate(OPEN, "/ws/wait/")
    page.goto("about:blank")


def by_closing_the_tab(page: Page, server: Server) -> None:
    page.evaluate(OPEN, "/ws/wait/")
    page.close()


def by_vanishing(page: Page, server: Server) -> None:
    client = server.connect("/ws/wait/")
    # With this, close() resets the connection, as a crash does.
    at_once = struct.pack("ii", 1, 0)
    client.socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, at_once)
    client.socket.shutdown(sockets.SHUT_RDWR)


def by_killing(page: Page, server: Server) -> None:
    page.evaluate(OPEN, "/ws/wait/")
    server.kill()


WAYS = {
    "the consumer calls close()": by_consumer("/ws/close/"),
    'the consumer calls close(4004, "…")': by_consumer("/ws/close-4004/"),
    "the consumer calls close(1006)": by_consumer("/ws/close-1006/"),
    "the consumer raises an error": by_consumer("/ws/fail/"),
    "the consumer closes before it accepts": by_consumer("/ws/refuse/"),
    "the page calls close()": by_page("close()"),
    "the page calls close(1000)": by_page("close(1000)"),
    'the page calls close(3001, "…")': by_page("close(3001, 'Done.')"),
    "the reader goes to another page": by_leaving,
    "the reader closes the tab": by_closing_the_tab,
    "the client vanishes without a close frame": by_vanishing,
    "the server is killed": by_killing,
}


@pytest.mark.parametrize("row", facts("handshake/ends.csv"))
def test_an_end(row: Row, page: Page, serve_example: ServeExample) -> None:
    # Each case has a variable of its own only where it ends its server.
    killed = {"KILLED": "1"} if row["How it ends"] == "the server is killed" else {}
    server = serve_example("handshake/ends.py", **killed)
    before = len(disconnects(server))
    page.goto(server.origin)

    WAYS[row["How it ends"]](page, server)

    if row["The page is told"]:
        code, reason = page.evaluate("ended")
        assert str(code) == row["The page is told"].partition(",")[0]
        assert reason == ""
    if row["disconnect gets"] == "never called":
        # What comes after it shows that it has not been.
        if not killed:
            with (
                server.connect("/ws/close/") as client,
                pytest.raises(ConnectionClosed),
            ):
                client.recv()
            wait_until(lambda: len(disconnects(server)) > before, "no disconnect")
            assert disconnects(server)[before:] == ["1000"]
        else:
            assert disconnects(server)[before:] == []
    else:
        wait_until(lambda: len(disconnects(server)) > before, "no disconnect")
        assert disconnects(server)[before:] == [row["disconnect gets"]]


def disconnects(server: Server) -> list[str]:
    return re.findall(r"^disconnect\((.*)\)$", server.output, re.MULTILINE)


@pytest.mark.covers("G6", "C7")
def test_1006_is_reported_and_never_sent(
    page: Page, serve_example: ServeExample
) -> None:
    server = serve_example("handshake/ends.py")
    with server.connect("/ws/close-1006/") as client:
        with pytest.raises(ConnectionClosed) as closed:
            client.recv()
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 1011

    server = serve_example("handshake/ends.py", KILLED="2")
    with server.connect("/ws/wait/") as client:
        server.kill()
        with pytest.raises(ConnectionClosed) as closed:
            client.recv()
        assert closed.value.rcvd is None


@pytest.mark.parametrize("call", ["close(1001)", "close(3000, 'x'.repeat(124))"])
def test_a_page_cannot_close_with_anything_else(
    page: Page, serve_example: ServeExample, call: str
) -> None:
    page.goto(serve_example("handshake/ends.py").origin)
    page.evaluate(OPEN, "/ws/wait/")

    with pytest.raises(Error, match=r"InvalidAccessError|SyntaxError"):
        page.evaluate(f"socket.{call}")
