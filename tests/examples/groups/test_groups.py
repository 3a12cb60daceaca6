import contextlib
import itertools
import json
import re
import socket
import struct
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.examples.conftest import RunExample, ServeExample
from tests.examples.facts import Row, facts, rows_of
from tests.examples.server import Server
from tests.support.commands import wait_until

pytestmark = pytest.mark.covers("G9")

SITE = "groups/site.py"
NUMBERS = itertools.count()

# Users of an office each, and the sessions of those who have logged in.
LOG_IN = """
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
call_command("migrate", run_syncdb=True, verbosity=0)
for office in ["company", "company.sales", "company.sales.north", "no office"]:
    user = User.objects.create(username=office)
    if office != "no office":
        user.groups.add(Group.objects.create(name=office))
    client = Client()
    client.force_login(user)
    print("session of", office, "is", client.cookies["sessionid"].value)
client = Client()
client.force_login(user)
print("session of a leaver is", client.cookies["sessionid"].value)
"""


@pytest.fixture(scope="module")
def sessions(run_example: RunExample) -> dict[str, str]:
    """The session of a user of each office."""
    done = run_example(SITE, "shell", "--command", LOG_IN)
    assert done.returncode == 0, done.stderr
    return dict(re.findall(r"session of (.+) is (\w+)", done.stdout))


@pytest.fixture(scope="module")
def server(serve_example: ServeExample, sessions: dict[str, str]) -> Server:
    return serve_example(SITE, SECONDS_OF_CALL="3")


def hear(client: ClientConnection) -> str:
    return str(client.recv(timeout=10))


def closed_with(client: ClientConnection) -> int | None:
    with pytest.raises(ConnectionClosed):
        client.recv(timeout=10)
    return client.close_code


def get(server: Server, path: str) -> Any:
    with urllib.request.urlopen(f"{server.origin}{path}", timeout=10) as answer:
        return json.load(answer)


def test_a_group_hears_its_members(server: Server) -> None:
    with server.connect("/ws/lobby/") as alice:
        with server.connect("/ws/lobby/") as bob:
            bob.send("x" * 1001)
            assert hear(alice) == hear(bob) == "x" * 1000
        for frame in b"bytes", "", "hello":
            alice.send(frame)
        assert hear(alice) == "hello"


def end(cause: str, client: ClientConnection) -> None:
    match cause:
        case "the client closes it":
            client.close()
        case "the client is gone without a word":
            at_once = struct.pack("ii", 1, 0)
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
            client.socket.close()
        case "the consumer closes it":
            client.send("close")
            assert closed_with(client) == 1000
        case "the consumer fails":
            client.send("fail")
            assert closed_with(client) == 1011


COLUMNS = {"listed": "With groups = […]", "careful": "With GroupConsumer"}


@pytest.mark.parametrize("row", facts("groups/leaving.csv"))
def test_when_a_connection_ends(row: Row, server: Server) -> None:
    def members() -> dict[str, int]:
        numbers = get(server, "/groups/")
        return {group: numbers.get(group, 0) for group in COLUMNS}

    before = members()
    with contextlib.ExitStack() as stack:
        clients = [
            stack.enter_context(server.connect(f"/ws/{group}/")) for group in COLUMNS
        ]
        assert members() == {group: before[group] + 1 for group in COLUMNS}
        # Both at once: Daphne needs a second to notice an error.
        with ThreadPoolExecutor() as pool:
            cause = row["The connection ends because"]
            list(pool.map(lambda client: end(cause, client), clients))

        stays = {"left": 0, "still a member": 1}
        after = {group: before[group] + stays[row[COLUMNS[group]]] for group in COLUMNS}
        wait_until(lambda: members() == after, "The members are others")


def told(client: ClientConnection) -> tuple[str, str, str]:
    """What the room is told: by whom, what kind, and the text."""
    event = json.loads(hear(client))
    if event["type"] != "error":
        age = datetime.now(UTC) - datetime.fromisoformat(event["at"])
        assert timedelta(0) <= age < timedelta(seconds=20)
    return event.get("name", ""), event["type"], event["text"]


def say(client: ClientConnection, **message: str) -> None:
    client.send(json.dumps(message))


def test_a_room_is_told_of_all_that_happens(server: Server) -> None:
    with server.connect("/ws/rooms/attic/?name=alice") as alice:
        assert told(alice) == ("alice", "join", "")
        with server.connect("/ws/rooms/attic/?name=bob") as bob:
            assert told(alice) == told(bob) == ("bob", "join", "")

            say(bob, type="typing")
            assert told(alice) == ("bob", "typing", "")
            say(bob, type="message", text="hello", name="alice", at="yesterday")
            # Not that he types: he knows.
            assert told(alice) == told(bob) == ("bob", "message", "hello")
        assert told(alice) == ("bob", "leave", "")


def test_a_room_does_not_hear_another(server: Server) -> None:
    with (
        server.connect("/ws/rooms/cellar/?name=alice") as alice,
        server.connect("/ws/rooms/kitchen/?name=bob") as bob,
    ):
        assert told(alice) == ("alice", "join", "")
        say(alice, type="message", text="hello")
        assert told(alice) == ("alice", "message", "hello")
        assert told(bob) == ("bob", "join", "")
        say(bob, type="message", text="hi")
        assert told(bob) == ("bob", "message", "hi")


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "no JSON",
        "null",
        "[]",
        '{"type": "message"}',
        '{"type": "message", "text": ""}',
        '{"type": "message", "text": 7}',
        json.dumps({"type": "message", "text": "x" * 1001}),
        '{"type": "leave"}',
        "[" * 100_000,
        "9" * 5000,
        b"bytes",
    ],
    ids=lambda frame: repr(frame[:40]),
)
def test_what_is_no_message_is_answered(server: Server, frame: str | bytes) -> None:
    with server.connect(f"/ws/rooms/room-{next(NUMBERS)}/?name=alice") as alice:
        assert told(alice) == ("alice", "join", "")
        alice.send(frame)
        mistake = "Send a message of 1 to 1000 characters, or say that you type."
        assert told(alice) == ("", "error", mistake)
        # The connection is as good as before, half a character included.
        alice.send('{"type": "message", "text": "\\ud83d"}')
        assert told(alice) == ("alice", "message", "\ud83d")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/ws/rooms/lobby/", 4001),
        ("/ws/rooms/lobby/?name=%20", 4001),
        (f"/ws/rooms/lobby/?name={'x' * 41}", 4001),
        (f"/ws/rooms/{'x' * 81}/?name=alice", 4004),
        ("/ws/calls/nonsense/", 4404),
        ("/ws/calls/abc.9999999999.00.forged/", 4404),
        ("/ws/offices/company/", 4401),
    ],
)
def test_who_is_sent_away(server: Server, path: str, code: int) -> None:
    assert server.ask(path) == f"code {code}"


@pytest.fixture
def tabs(browser: Browser) -> Iterator[list[Page]]:
    """Two tabs of somebody in Tokyo."""
    context = browser.new_context(timezone_id="Asia/Tokyo", locale="en-GB")
    yield [context.new_page(), context.new_page()]
    context.close()


def test_two_people_in_a_browser(tabs: list[Page], server: Server) -> None:
    alice, bob = tabs
    sent: list[str | bytes] = []

    def note_what_is_sent(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(frame))

    bob.on("websocket", note_what_is_sent)
    alice.clock.install()
    with alice.expect_response("**/static/groups/room.js"):
        alice.goto(f"{server.origin}/?room=garden&name=alice")
    expect(alice.locator("#told")).to_contain_text("alice is here")
    bob.goto(f"{server.origin}/?room=garden&name=<i>bob</i>")
    expect(alice.locator("#told")).to_contain_text("<i>bob</i> is here")

    bob.locator("input").press_sequentially("hel")
    expect(alice.locator("#typing")).to_have_text("typing: <i>bob</i>")
    # Once, and not for each key.
    assert sent == ['{"type":"typing"}']
    assert bob.locator("#typing").text_content() == ""
    alice.clock.fast_forward(3000)
    expect(alice.locator("#typing")).to_have_text("")

    bob.locator("input").fill("hello, <b>alice</b>")
    bob.locator("button").click()
    line = alice.locator("li").last
    expect(line).to_contain_text("<i>bob</i>: hello, <b>alice</b>")
    at = datetime.fromisoformat(str(line.locator("time").get_attribute("datetime")))
    in_tokyo = (at + timedelta(hours=9)).strftime("%H:%M:%S")
    assert line.text_content() == f"{in_tokyo} <i>bob</i>: hello, <b>alice</b>"

    bob.close()
    expect(alice.locator("#told")).to_contain_text("<i>bob</i> is gone")


def test_a_socket_in_several_groups(server: Server) -> None:
    with (
        server.connect("/ws/topics/") as alice,
        server.connect("/ws/topics/") as bob,
    ):
        for number, topic in enumerate(["sport", "news"], start=1):
            alice.send(f"follow {topic}")
            followed = sorted(["sport", "news"][:number])
            assert hear(alice) == f"You follow: {', '.join(followed)}"
        bob.send("tell sport two to one")
        bob.send("tell weather rain")
        bob.send("tell news elections")
        assert hear(alice) == "sport: two to one"
        assert hear(alice) == "news: elections"

        alice.send("unfollow sport")
        assert hear(alice) == "You follow: news"
        bob.send("tell sport three to one")
        bob.send("tell news a strike")
        assert hear(alice) == "news: a strike"


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "follow",
        "follow cats",
        "follow sport now",
        "tell sport",
        "tell cats meow",
        f"tell sport {'x' * 1001}",
        b"follow sport",
    ],
)
def test_what_is_no_command_gets_help(server: Server, frame: str | bytes) -> None:
    with server.connect("/ws/topics/") as alice:
        alice.send(frame)
        help = "Say follow, unfollow or tell, and one of: news, sport, weather."
        assert hear(alice) == help


def test_a_call_ends_for_everybody(server: Server) -> None:
    with server.connect("/ws/calls/") as host, server.connect("/ws/calls/") as other:
        code = hear(host)
        assert hear(other) != code
        with server.connect(f"/ws/calls/{code}/") as guest:
            assert hear(guest) == code
            for frame in b"bytes", "", "x" * 1001:
                guest.send(frame)
            assert hear(host) == hear(guest) == "x" * 1000
            assert code in get(server, "/groups/")

            assert closed_with(host) == closed_with(guest) == 4410
        assert closed_with(other) == 4410
    # Who was in it leaves the group a moment after the client knows of the end.
    wait_until(lambda: code not in get(server, "/groups/"), "The group did not go")
    assert server.ask(f"/ws/calls/{code}/") == "code 4410"


def list_of(cell: str) -> list[str]:
    return [] if cell == "none of them" else cell.split(", ")


# Whoever is of the company may enter all of them.
OFFICES = list_of(rows_of("groups/offices.csv")[0]["may enter"])


def enter(server: Server, session: str, office: str) -> ClientConnection:
    path = f"/ws/offices/{office.replace('.', '/')}/"
    cookie = {"Cookie": f"sessionid={session}"}
    return server.connect(path, additional_headers=cookie)


@pytest.mark.parametrize("row", facts("groups/offices.csv"))
def test_who_may_enter(row: Row, server: Server, sessions: dict[str, str]) -> None:
    entered = []
    for office in OFFICES:
        with enter(server, sessions[row["A user of"]], office) as client:
            try:
                assert hear(client) == f"Welcome to {office}."
                entered.append(office)
            except ConnectionClosed:
                assert client.close_code == 4403

    assert entered == list_of(row["may enter"])


@pytest.mark.parametrize("office", ["shop", "company.", "company.sales.x", "x" * 200])
def test_an_office_that_there_is_not(
    office: str, server: Server, sessions: dict[str, str]
) -> None:
    with enter(server, sessions["company"], office) as client:
        assert closed_with(client) == 4404


def open_window(server: Server, session: str) -> ClientConnection:
    cookie = {"Cookie": f"sessionid={session}"}
    return server.connect("/ws/windows/", additional_headers=cookie)


def visit(server: Server, session: str, path: str, data: bytes | None = None) -> None:
    """Ask for a page, or send its form, as a user who has logged in."""
    token = "a" * 32
    headers = {
        "Cookie": f"sessionid={session}; csrftoken={token}",
        "X-CSRFToken": token,
    }
    request = urllib.request.Request(f"{server.origin}{path}", data, headers)
    with urllib.request.urlopen(request, timeout=10):
        pass


def test_all_windows_of_a_user_are_told_and_closed(
    server: Server, sessions: dict[str, str]
) -> None:
    leaver, other = sessions["a leaver"], sessions["company"]
    with (
        open_window(server, leaver) as one,
        open_window(server, leaver) as two,
        open_window(server, other) as others,
    ):
        visit(server, leaver, "/tell-me/")
        assert hear(one) == hear(two) == "Here is news for no office."

        visit(server, leaver, "/log-out/", data=b"")
        assert closed_with(one) == closed_with(two) == 4401

        # The others have heard nothing of it, and are there still.
        others.send("ignored")
        visit(server, other, "/tell-me/")
        assert hear(others) == "Here is news for company."


def test_who_has_not_logged_in_has_no_window(server: Server) -> None:
    with open_window(server, "nonsense") as client:
        assert closed_with(client) == 4401
    visit(server, "nonsense", "/log-out/", data=b"")


@pytest.mark.parametrize("row", facts("groups/told.csv"))
def test_who_hears(row: Row, server: Server, sessions: dict[str, str]) -> None:
    session = sessions["company"]
    with contextlib.ExitStack() as stack:
        clients = {
            office: stack.enter_context(enter(server, session, office))
            for office in OFFICES
        }
        for office, client in clients.items():
            assert hear(client) == f"Welcome to {office}."
        told = f"{row['What is told to']}: {'x' * 1000}"
        teller = clients[row["What is told to"]]
        teller.send("x" * 1001)
        assert hear(teller) == told
        # Whoever hears this first has not heard the other.
        clients["company"].send("the end")

        heard = [
            office
            for office, client in clients.items()
            if client is teller or hear(client) == told
        ]
    assert heard == list_of(row["is heard in"])
