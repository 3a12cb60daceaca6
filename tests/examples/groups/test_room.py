import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect
from websockets.sync.client import ClientConnection

from tests.examples.server import Server, hear

pytestmark = pytest.mark.covers("G9")


NUMBERS = itertools.count()


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
    ],
)
def test_who_is_sent_away_from_a_room(server: Server, path: str, code: int) -> None:
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
