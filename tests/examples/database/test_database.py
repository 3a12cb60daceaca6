from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Page
from websockets.exceptions import ConnectionClosed

from tests.examples.conftest import RunExample, ServeExample
from tests.examples.server import EXAMPLES, Server

pytestmark = pytest.mark.covers("G11")


@pytest.fixture(scope="module")
def serve(serve_example: ServeExample, run_example: RunExample) -> ServeExample:
    done = run_example("database/history.py", "migrate", "--run-syncdb")
    assert done.returncode == 0, done.stderr
    return serve_example


def received(server: Server, path: str, number: int) -> list[str]:
    with server.connect(path) as socket:
        return [str(socket.recv(timeout=10)) for _ in range(number)]


def test_who_enters_hears_the_last_ten(serve: ServeExample) -> None:
    server = serve("database/history.py")
    with server.connect("/ws/history/lobby/") as alice:
        for number in range(12):
            alice.send(f"message {number}")
            assert alice.recv(timeout=10) == f"message {number}"

    shown = received(server, "/ws/history/lobby/", 10)

    assert shown == [f"message {number}" for number in range(2, 12)]


MEANWHILE = """
import asyncio
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from database.history import HistoryConsumer
from database.models import Message

async def enter():
    kept = await Message.objects.acreate(room="hall", text="told while bob enters")
    bob = WebsocketCommunicator(HistoryConsumer.as_asgi(), "/")
    bob.scope["url_route"] = {"kwargs": {"room": "hall"}}
    await bob.connect(timeout=10)
    for number, text in [(kept.pk, kept.text), (kept.pk + 1, "told later")]:
        event = {"type": "message.posted", "id": number, "text": text}
        await get_channel_layer().group_send("history.hall", event)
    print("hears:", await bob.receive_from(10), "+", await bob.receive_from(10))

asyncio.run(enter())
"""


@pytest.mark.usefixtures("serve")
def test_a_message_of_the_history_is_not_told_again(run_example: RunExample) -> None:
    done = run_example("database/history.py", "shell", "--command", MEANWHILE)

    assert "hears: told while bob enters + told later\n" in done.stdout, done.stderr


def test_a_long_name_of_a_room_is_cut(serve: ServeExample) -> None:
    server = serve("database/history.py")
    with server.connect(f"/ws/history/{'x' * 100}/") as alice:
        alice.send("hello")
        assert alice.recv(timeout=10) == "hello"

    assert received(server, f"/ws/history/{'x' * 80}/", 1) == ["hello"]


def test_rooms_have_histories_of_their_own(serve: ServeExample) -> None:
    server = serve("database/history.py")
    with server.connect("/ws/history/attic/") as alice:
        alice.send("only here")
        alice.recv(timeout=10)

    with server.connect("/ws/history/cellar/") as bob:
        bob.send("hello")
        assert bob.recv(timeout=10) == "hello"
    assert received(server, "/ws/history/attic/", 1) == ["only here"]


@pytest.mark.parametrize("message", ["", "x" * 1001, b"bytes"])
def test_what_does_not_fit_is_not_kept(
    serve: ServeExample, message: str | bytes
) -> None:
    server = serve("database/history.py")
    path = f"/ws/history/room-{len(message)}/"
    with server.connect(path) as alice:
        alice.send(message)
        assert alice.recv(timeout=10) == "Send a text of 1 to 1000 characters."
        alice.send("x" * 1000)
        assert alice.recv(timeout=10) == "x" * 1000

    assert received(server, path, 1) == ["x" * 1000]


def test_without_await_it_is_an_error(serve: ServeExample) -> None:
    server = serve("database/mistakes.py")

    with server.connect("/ws/count/") as socket, pytest.raises(ConnectionClosed):
        socket.recv(timeout=10)

    server.wait_for_output((EXAMPLES / "database/error.txt").read_text().strip())


def test_of_twenty_who_ask_at_once_one_gets_the_seat(serve: ServeExample) -> None:
    server = serve("database/booking.py")

    def ask(guest: int) -> str:
        with server.connect(f"/ws/booking/guest-{guest}/") as socket:
            socket.send("7")
            return str(socket.recv(timeout=20))

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(ask, range(20)))

    assert sorted(answers) == ["Seat 7 is taken."] * 19 + ["Seat 7 is yours."]


def test_a_long_name_of_a_guest_is_cut(
    serve: ServeExample, run_example: RunExample
) -> None:
    booking = "database/booking.py"
    with serve(booking).connect(f"/ws/booking/{'g' * 100}/") as socket:
        socket.send("9")
        assert socket.recv(timeout=10) == "Seat 9 is yours."

    look = "from database.models import Seat; print(Seat.objects.get(number=9))"
    done = run_example(booking, "shell", "--command", look)
    assert f"9: {'g' * 40}\n" in done.stdout, done.stderr


@pytest.mark.parametrize(
    "seat",
    [
        *["", "0", "101", "-1", "seven", "٧", b"7"],
        *["00000000199", "9" * 5000, "000000001" + "9" * 5000],
    ],
)
def test_what_is_no_seat_is_refused(serve: ServeExample, seat: str | bytes) -> None:
    with serve("database/booking.py").connect("/ws/booking/alice/") as socket:
        socket.send(seat)

        assert socket.recv(timeout=10) == "Name a seat from 1 to 100."


VISIT = """
() => new Promise((resolve) => {
  const socket = new WebSocket(`ws://${location.host}/ws/visits/`);
  socket.onmessage = ({ data }) => resolve(data);
})
"""


def test_a_session_of_a_page_is_the_consumers_too(
    page: Page, serve: ServeExample
) -> None:
    page.goto(serve("database/visits.py").origin)

    assert page.evaluate(VISIT) == "Visit 1."
    assert page.evaluate(VISIT) == "Visit 2."
    page.reload()
    assert page.text_content("p") == "2 visits"


def test_a_session_that_begins_in_a_consumer_is_lost(
    page: Page, serve: ServeExample
) -> None:
    page.goto(f"{serve('database/visits.py').origin}/static/chat/console.js")

    assert page.evaluate(VISIT) == "Visit 1."
    assert page.evaluate(VISIT) == "Visit 1."


def test_what_is_not_saved_is_not_in_the_session(
    page: Page, serve: ServeExample
) -> None:
    page.goto(serve("database/unsaved.py").origin)

    assert page.evaluate(VISIT) == "Visit 1."
    assert page.evaluate(VISIT) == "Visit 1."
