"""Two servers and a worker over Redis, and windows on both servers."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser.windows import SERVER_IS_AWAY, Chat, Windows
from tests.support.ports import free_port
from tests.support.programs import Programs
from tests.support.running import Program


@dataclass
class Processes:
    """What runs: the addresses of two servers, a worker, and their Redis."""

    redis_url: str
    first: str
    second: str
    worker: Program
    programs: Programs


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    with Programs(tmp_path_factory.mktemp("processes")) as programs:
        url = programs.redis().url
        first, second = (programs.daphne(redis_url=url) for _ in range(2))
        worker = programs.worker(url)
        worker.wait_for_output("Running worker")
        yield Processes(url, first.address, second.address, worker, programs)


@pytest.fixture
def programs(processes: Processes) -> Programs:
    """Starts other servers, with the same database."""
    return processes.programs


def test_two_servers_are_one_chat(
    windows: Windows, room: str, processes: Processes
) -> None:
    ada = windows.join("Ada", room, processes.first)
    bob = windows.join("Bob", room, processes.second)
    carol = windows.join("Carol", f"{room} 2", processes.second)
    dan = windows.join("Dan", room, processes.second)
    for chat in ada, bob, dan:
        chat.has_members("Ada", "Bob", "Dan")

    bob.message.press_sequentially("He")
    expect(ada.typing).to_have_text("Bob is typing …")
    bob.say("Hello, Ada.")
    ada.has("message", "Hello, Ada.")
    dan.has("message", "Hello, Ada.")
    expect(ada.typing).to_have_text("")
    ada.say("Hello, Bob.")
    bob.has("message", "Hello, Bob.")
    dan.leave()
    ada.has("event", "has left")
    bob.has("event", "has left")
    ada.say("/roll 3d1")
    for chat in ada, bob:
        chat.has("roll", "rolled 3d1: 1 + 1 + 1 = 3")

    assert "'Ada' rolled 3d1" in processes.worker.output
    assert ada.lines() == [
        "event, Bob: has joined",
        "event, Dan: has joined",
        "message, Bob: Hello, Ada.",
        "own, Ada: Hello, Bob.",
        "event, Dan: has left",
        "roll, Ada: rolled 3d1: 1 + 1 + 1 = 3",
    ]
    assert carol.lines() == []
    carol.has_members("Carol")


def test_a_hundred_messages_outlive_a_server_that_is_killed_among_them(
    windows: Windows, room: str, processes: Processes, programs: Programs
) -> None:
    windows.expected = [SERVER_IS_AWAY]
    texts = [f"message {number}" for number in range(100)]
    later = [f"while the server was away, {number}" for number in range(5)]
    bob = windows.join("Bob", room, processes.second)
    port = free_port()
    with programs.daphne(port=port, redis_url=processes.redis_url) as server:
        ada = windows.join("Ada", room, server.address)
        ada.say_at_once(texts[:50])
        bob.page.wait_for_function(
            "document.querySelectorAll('#log > .message').length > 10"
        )
        # However quick it is, it won't come to the others.
        server.process.send_signal(signal.SIGSTOP)
        ada.say_at_once(texts[50:])

    ada.has_lost_the_server()
    assert len(bob.texts("message")) <= 50
    for text in later:
        ada.say(text)
    with programs.daphne(port=port, redis_url=processes.redis_url):
        bob.has_texts("message", texts + later)
        ada.has_delivered_all()

        assert ada.texts("own") == texts + later
        ada.say("after")
        bob.has_texts("message", [*texts, *later, "after"])


def test_who_was_on_a_server_that_is_killed_goes_away(
    windows: Windows, room: str, processes: Processes, programs: Programs
) -> None:
    windows.expected = [SERVER_IS_AWAY]
    ada = Chat(windows.new())
    ada.page.clock.install()
    ada.page.goto(f"http://{processes.second}/chat/?room={room}&name=Ada")
    windows.join("Carol", room, processes.second)
    with programs.daphne(redis_url=processes.redis_url) as server:
        bob = windows.join("Bob", room, server.address)
        ada.has_members("Ada", "Bob", "Carol")

    bob.has_lost_the_server()
    ada.page.clock.fast_forward("00:31")
    # What comes after the question has been answered when this has.
    ada.say("Where is Bob?")
    ada.has_delivered_all()
    ada.has_members("Ada", "Bob", "Carol")
    ada.page.clock.fast_forward("00:31")

    ada.has_members("Ada", "Carol")
    ada.has("event", "has left")
    ada.say("He is gone.")
    ada.has_delivered_all()
    ada.has_members("Ada", "Carol")


def test_a_server_that_freezes_is_noticed_and_no_message_comes_twice(
    windows: Windows, room: str, processes: Processes, programs: Programs
) -> None:
    # The page gives up a connection that the frozen server does not answer.
    windows.expected = [SERVER_IS_AWAY]
    bob = windows.join("Bob", room, processes.second)
    with programs.daphne(redis_url=processes.redis_url) as server:
        ada = windows.join("Ada", room, server.address)
        server.process.send_signal(signal.SIGSTOP)
        ada.say("Does anybody hear me?")
        ada.has_lost_the_server()
        server.process.send_signal(signal.SIGCONT)

        # The message was in the old connection, and is sent over the new one again.
        ada.is_joined()
        ada.has_delivered_all()
        ada.say("Hello?")
        bob.has("message", "Hello?")

        assert bob.texts("message") == ["Does anybody hear me?", "Hello?"]
        assert ada.texts("own") == ["Does anybody hear me?", "Hello?"]
