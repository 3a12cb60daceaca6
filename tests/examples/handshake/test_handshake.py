import json
import re

import pytest
from playwright.sync_api import Error, Page

from tests.examples.conftest import ServeExample
from tests.examples.facts import Row, facts, rows_of
from tests.examples.server import EXAMPLES, Server

pytestmark = pytest.mark.covers("G6")

REQUEST = (EXAMPLES / "handshake/request.txt").read_text()
ANSWER = (EXAMPLES / "handshake/answer.txt").read_text()

# Opens a WebSocket, and gives the first message that comes.
FIRST_MESSAGE = """
protocols => new Promise((resolve, reject) => {
  const socket = new WebSocket(`ws://${location.host}/ws/headers/`, protocols);
  socket.onmessage = ({ data }) => resolve(JSON.parse(data));
  socket.onclose = ({ code }) => reject(`closed with ${code}`);
})
"""


@pytest.fixture(scope="module")
def server(serve_example: ServeExample) -> Server:
    return serve_example("handshake/headers.py")


def ask(server: Server, request: str) -> str:
    """Daphne's answer to a request, whose lines end as in a file."""
    whole = f"{request.rstrip()}\n\n".replace("\n", "\r\n")
    return server.send_request(whole.encode()).decode()


def test_the_request_gets_the_answer(server: Server) -> None:
    assert ask(server, REQUEST).splitlines() == ANSWER.splitlines()


def test_nothing_but_the_last_line_can_be_left_out(server: Server) -> None:
    first, *headers, last = REQUEST.splitlines()
    assert ask(server, "\n".join([first, *headers])).startswith("HTTP/1.1 101")

    for header in headers:
        others = [line for line in [first, *headers, last] if line != header]
        assert not ask(server, "\n".join(others)).startswith("HTTP/1.1 101"), header


def test_the_key_is_answered_as_the_rfc_says(server: Server) -> None:
    source = (EXAMPLES / "handshake/accept_key.py").read_text()
    namespace: dict[str, object] = {}
    exec(source, namespace)
    accept_key = namespace["accept_key"]
    assert callable(accept_key)

    for key in "dGhlIHNhbXBsZSBub25jZQ==", "AAAAAAAAAAAAAAAAAAAAAA==":
        answer = ask(server, re.sub("(?<=Key: ).*", key, REQUEST))
        assert f"Sec-WebSocket-Accept: {accept_key(key)}" in answer


def changed(change: str) -> str:
    """The request with the change that a row of the table names."""
    if change == "as it stands":
        return REQUEST
    if found := re.fullmatch("with ([A-Z].*): (.*)", change):
        return re.sub(f"(?m)^{found[1]}: .*", f"{found[1]}: {found[2]}", REQUEST)
    if found := re.fullmatch("without ([A-Za-z-]+)(: .*)?", change):
        return re.sub(f"(?m)^{found[1]}: .*\n", "", REQUEST)
    if found := re.fullmatch("with (/.*/), .*", change):
        return REQUEST.replace("/ws/headers/", found[1])
    assert change == "with POST instead of GET"
    return REQUEST.replace("GET", "POST", 1)


@pytest.mark.parametrize("row", facts("handshake/refusals.csv"))
def test_a_request_gets(row: Row, server: Server) -> None:
    request = changed(row["The request above"])
    assert (request == REQUEST) == (row["The request above"] == "as it stands")

    answer = ask(server, request)

    expected = row["Daphne answers"]
    assert answer.startswith(f"HTTP/1.1 {expected[:3]} "), answer
    if ", and " in expected:
        assert expected.partition(", and ")[2] in answer
    assert "Traceback" not in server.output


def test_a_browser_sends_these_headers(page: Page, server: Server) -> None:
    page.goto(server.origin)

    sent = page.evaluate(FIRST_MESSAGE, ["chat.v1"])

    listed = {row["Header"].lower() for row in rows_of("handshake/headers.csv")}
    every_request = {"user-agent", "accept-encoding", "accept-language"}
    no_cache = {"pragma", "cache-control"}
    assert listed <= sent.keys()
    assert sent.keys() - listed <= every_request | no_cache
    assert sent["origin"] == server.origin
    assert (sent["upgrade"], sent["sec-websocket-version"]) == ("websocket", "13")


@pytest.mark.covers("G6", "C1")
def test_a_browser_sends_its_session_cookie(page: Page, server: Server) -> None:
    page.goto(server.origin)

    assert page.evaluate("document.cookie") == ""
    assert page.evaluate(FIRST_MESSAGE, [])["cookie"] == 'sessionid="a secret"'


@pytest.mark.covers("G6", "C2")
def test_a_page_can_set_no_header(page: Page, server: Server) -> None:
    page.goto(server.origin)
    third = "[], {headers: {Authorization: 'Bearer secret'}}"

    sent = page.evaluate(FIRST_MESSAGE.replace("protocols)", f"{third})", 1))

    assert "authorization" not in sent


@pytest.mark.covers("G6", "C2")
def test_an_object_in_place_of_the_subprotocols_is_an_error(page: Page) -> None:
    with pytest.raises(Error, match="SyntaxError"):
        page.evaluate("new WebSocket('ws://127.0.0.1:1/', {headers: {}})")


def test_a_browser_gives_up_when_no_subprotocol_is_chosen(
    page: Page, server: Server
) -> None:
    page.goto(server.origin)

    with pytest.raises(Error, match="closed with 1006"):
        page.evaluate(FIRST_MESSAGE, ["chat.v7"])


def test_a_client_that_offers_an_unknown_subprotocol_gets_none(server: Server) -> None:
    with server.connect("/ws/headers/", subprotocols=["chat.v7"]) as socket:
        assert socket.subprotocol is None
        assert json.loads(str(socket.recv()))["sec-websocket-protocol"] == "chat.v7"
