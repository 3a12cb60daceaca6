import itertools
import socket
import struct

import pytest
from playwright.sync_api import Page
from websockets.exceptions import ConnectionClosed

from tests.examples.conftest import ServeExample
from tests.examples.facts import Row, facts
from tests.examples.server import Server

pytestmark = pytest.mark.covers("G4")

OPEN = """path => new Promise(resolve => {
    window.socket = new WebSocket(`ws://${location.host}${path}`);
    window.socket.onopen = () => resolve();
})"""
FAILED = "There is a mistake in the consumer."
NUMBERS = itertools.count()


@pytest.mark.parametrize("row", facts("lifecycle/ends.csv"))
def test_what_disconnect_gets(
    row: Row, serve_example: ServeExample, page: Page
) -> None:
    cause, name = row["The connection ends because"], f"client-{next(NUMBERS)}"
    stops = cause == "the server stops"
    # The server that stops is not the one of the other tests.
    server = serve_example("lifecycle/ends.py", ITS_NAME="stops" if stops else "")

    if cause.startswith(("the page", "its tab")):
        end_in_browser(cause, page, server, name)
    else:
        end_elsewhere(cause, server, name)

    if row["disconnect gets"] == "no call":
        if not stops:
            server.wait_for_output(FAILED)
        assert f"disconnect of {name} " not in server.output
    else:
        server.wait_for_output(f"disconnect of {name} gets {row['disconnect gets']}.")


def end_in_browser(cause: str, page: Page, server: Server, name: str) -> None:
    page.goto(server.origin)
    page.evaluate(OPEN, f"/ws/{name}/")
    match cause:
        case "the page goes elsewhere":
            page.goto("about:blank")
        case "its tab is closed":
            page.close()
        case _:
            page.evaluate(cause.removeprefix("the page calls "))


def end_elsewhere(cause: str, server: Server, name: str) -> None:
    with server.connect(f"/ws/{name}/") as client:
        match cause:
            case "the client is gone without a word":
                at_once = struct.pack("ii", 1, 0)
                client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
                client.socket.close()
            case "the server stops":
                server.terminate()
            case _:
                client.send(cause.removeprefix("the consumer ").removeprefix("calls "))
                with pytest.raises(ConnectionClosed):
                    client.recv()


def test_a_connection_ends_once(serve_example: ServeExample) -> None:
    server = serve_example("lifecycle/ends.py")

    assert server.ask("/ws/alone/", "close(4000)") == "code 4000"
    server.wait_for_output("disconnect of alone gets 4000.")
    assert server.output.count("disconnect of alone") == 1
