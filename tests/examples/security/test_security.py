import importlib.util
import sys
from types import ModuleType

import pytest
from django.conf import settings
from django.core import signing
from playwright.sync_api import Page
from websockets.exceptions import ConnectionClosed, InvalidStatus

from course.chapters import ROOT
from tests.examples.conftest import RunExample, ServeExample
from tests.examples.facts import Row, facts
from tests.examples.server import EXAMPLES, Server

pytestmark = pytest.mark.covers("G14")


@pytest.mark.parametrize("row", facts("security/origins.csv"))
def test_an_origin_is(row: Row, serve_example: ServeExample) -> None:
    server = serve_example("security/origins.py")
    origin = None if row["A page of"].startswith("no ") else row["A page of"]

    answer = "let in"
    try:
        with server.connect("/ws/hello/", origin=origin) as socket:
            assert socket.recv() == "hello"
    except InvalidStatus as error:
        answer = {403: "refused"}[error.response.status_code]

    assert answer == row["OriginValidator answers"]


def first(server: Server, path: str) -> str:
    """What the server says first, or the code that it closes with."""
    with server.connect(path) as socket:
        try:
            return str(socket.recv(timeout=10))
        except ConnectionClosed:
            return f"closed with {socket.close_code}"


def ticket_from(server: Server, page: Page, room: str) -> str:
    return page.request.get(f"{server.origin}/tickets/{room}/").text()


def test_a_ticket_opens_its_room_only(page: Page, serve_example: ServeExample) -> None:
    server = serve_example("security/tickets.py")
    ticket = ticket_from(server, page, "lobby")

    assert first(server, f"/ws/rooms/lobby/?ticket={ticket}") == "Welcome, alice."
    assert first(server, f"/ws/rooms/attic/?ticket={ticket}") == "closed with 4403"


ENTER_AND_LEAVE = """
import asyncio
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from security.tickets import RoomConsumer, ticket_for

async def enter_and_leave():
    ticket = ticket_for("alice", "lobby")
    client = WebsocketCommunicator(RoomConsumer.as_asgi(), f"/?ticket={ticket}")
    client.scope["url_route"] = {"kwargs": {"room": "lobby"}}
    await client.connect(timeout=10)
    await client.receive_from(10)
    print("before:", list(get_channel_layer().groups))
    await client.disconnect()
    print("after:", list(get_channel_layer().groups))

asyncio.run(enter_and_leave())
"""


def test_who_goes_leaves_the_group(run_example: RunExample) -> None:
    done = run_example("security/tickets.py", "shell", "--command", ENTER_AND_LEAVE)

    assert "before: ['ticket.lobby']\nafter: []\n" in done.stdout, done.stderr


def test_no_other_ticket_opens_it(page: Page, serve_example: ServeExample) -> None:
    server = serve_example("security/tickets.py")
    ticket = ticket_from(server, page, "lobby")
    other = ticket_from(server, page, "attic")
    mixed = ":".join([other.split(":")[0], *ticket.split(":")[1:]])

    for forged in "", "nonsense", ticket[:-1], mixed:
        assert first(server, f"/ws/rooms/lobby/?ticket={forged}") == "closed with 4401"
    assert first(server, "/ws/rooms/lobby/") == "closed with 4401"


@pytest.fixture
def tickets(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The example as a module of this process."""
    if not settings.configured:
        settings.configure(SECRET_KEY="only for this test")
    file = EXAMPLES / "security/tickets.py"
    spec = importlib.util.spec_from_file_location("tickets", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "tickets", module)
    spec.loader.exec_module(module)
    return module


def test_a_ticket_is_for_a_minute(tickets: ModuleType) -> None:
    assert tickets.SECONDS_VALID == 60
    ticket = tickets.ticket_for("alice", "lobby")

    assert tickets.read_ticket(ticket) == {"name": "alice", "room": "lobby"}
    with pytest.raises(signing.SignatureExpired):
        tickets.read_ticket(ticket, max_age=-1)


def test_the_sixth_message_in_a_second_is_not_sent(serve_example: ServeExample) -> None:
    server = serve_example("security/rate_limit.py")
    with (
        server.connect("/ws/limited/") as socket,
        server.connect("/ws/limited/") as bob,
    ):
        for number in range(6):
            socket.send(str(number))
        answers = [socket.recv(timeout=10) for _ in range(6)]
        assert answers[:5] == [f"Sent: {number}" for number in range(5)]
        assert answers[5] == "Not sent: you are too fast."

        # The limit is of one connection, and time lifts it.
        bob.send("hello")
        assert bob.recv(timeout=10) == "Sent: hello"
        bob.send(b"bytes")
        assert bob.recv(timeout=10) == "Sent: no text"
        answer = str(answers[5])
        while answer == "Not sent: you are too fast.":
            socket.send("again")
            answer = str(socket.recv(timeout=10))
        assert answer == "Sent: again"


@pytest.mark.covers("G14", "C10")
@pytest.mark.parametrize(
    ("setting", "host"), [("static/", "//evil.example"), ("/static/", "")]
)
def test_the_first_request_moves_static_files_if_their_address_is_relative(
    page: Page, serve_example: ServeExample, setting: str, host: str
) -> None:
    server = serve_example("security/rate_limit.py", STATIC_URL=setting)
    first = page.request.get(
        server.origin, headers={"Daphne-Root-Path": "//evil.example"}
    )

    for answer in first, page.request.get(server.origin):
        assert f'src="{host}/static/chat/console.js"' in answer.text()


@pytest.mark.parametrize("row", facts("security/threats.csv"))
def test_every_threat_has_a_test(row: Row) -> None:
    assert "def test_" in (ROOT / row["Shown by"]).read_text(encoding="utf-8")


SHOW = """
how => import("/static/security/show.js").then(async (show) => {
  window.ran = false;
  const element = document.createElement("p");
  document.body.append(element);
  show[how](element, '<img src="data:," onerror="window.ran = true">');
  const image = element.querySelector("img");
  if (image) await new Promise((resolve) => image.addEventListener("error", resolve));
  return [window.ran, element.textContent];
})
"""


@pytest.mark.covers("G14", "C9")
def test_text_is_shown_and_html_runs(page: Page, serve_example: ServeExample) -> None:
    page.goto(serve_example("security/rate_limit.py").origin)

    message = '<img src="data:," onerror="window.ran = true">'
    assert page.evaluate(SHOW, "showAsText") == [False, message]
    assert page.evaluate(SHOW, "showAsHtml") == [True, ""]
