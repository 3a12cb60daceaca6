import itertools
import json
import urllib.request
from typing import Any

import pytest
from redis import Redis

from tests.examples.conftest import ServeExample
from tests.examples.server import Server
from tests.support.commands import wait_until

pytestmark = pytest.mark.covers("G9", "G13")

PROJECT = "groups/presence.py"
NUMBERS = itertools.count()


@pytest.fixture
def one(serve_example: ServeExample, redis_url: str) -> Server:
    return serve_example(PROJECT, REDIS_URL=redis_url, SECONDS_ALIVE="1.5", NUMBER="1")


def statistics(server: Server) -> Any:
    url = f"{server.origin}/statistics/"
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def test_who_is_there(one: Server, serve_example: ServeExample, redis_url: str) -> None:
    two = serve_example(PROJECT, REDIS_URL=redis_url, SECONDS_ALIVE="1.5", NUMBER="2")
    with one.connect("/ws/presence/lobby/?name=alice") as alice:
        assert alice.recv(timeout=10) == "here: alice"
        with two.connect("/ws/presence/lobby/?name=bob") as bob:
            assert alice.recv(timeout=10) == bob.recv(timeout=10) == "here: alice, bob"
            with two.connect("/ws/presence/lobby/?name=bob") as window:
                assert window.recv(timeout=10) == "here: alice, bob"
                assert alice.recv(timeout=10) == "here: alice, bob"
                rooms = {"lobby": {"connections": 3, "people": 2}}
                assert statistics(one) == statistics(two) == rooms
            assert alice.recv(timeout=10) == "here: alice, bob"
        assert alice.recv(timeout=10) == "here: alice"

        with (
            two.connect("/ws/presence/lobby/?name=carol") as carol,
            two.connect("/ws/presence/cellar/?name=dave") as dave,
        ):
            assert alice.recv(timeout=10) == carol.recv(timeout=10)
            assert dave.recv(timeout=10) == "here: dave"
            # Nothing of this server is called any more.
            two.kill()

            def names() -> str:
                alice.send("who")
                return str(alice.recv(timeout=10))

            assert names() == "here: alice, carol"
            wait_until(lambda: names() == "here: alice", "Carol did not go")
            left = {"lobby": {"connections": 1, "people": 1}}
            wait_until(lambda: statistics(one) == left, "Dave's room did not go")
    wait_until(lambda: statistics(one) == {}, "The room did not go")


def test_a_fault_of_redis_is_a_line_in_the_log(one: Server, redis_url: str) -> None:
    with (
        Redis.from_url(redis_url) as redis,
        one.connect("/ws/presence/attic/?name=alice") as alice,
    ):
        assert alice.recv(timeout=10) == "here: alice"
        redis.delete("presence.attic")
        redis.set("presence.attic", "not a list of members")
        one.wait_for_output("alice may seem to be gone: ")
        redis.delete("presence.attic")

        rooms = {"attic": {"connections": 1, "people": 1}}
        wait_until(lambda: statistics(one) == rooms, "Alice did not come back")
    assert "Traceback" not in one.output


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/ws/presence/lobby/", "code 4001"),
        ("/ws/presence/lobby/?name=%20", "code 4001"),
        (f"/ws/presence/lobby/?name={'x' * 41}", "code 4001"),
        (f"/ws/presence/{'x' * 81}/?name=alice", "code 4004"),
    ],
)
def test_who_is_sent_away(one: Server, path: str, answer: str) -> None:
    assert one.ask(path) == answer


@pytest.mark.parametrize("frame", ["", "who?", b"who"])
def test_another_question(one: Server, frame: str | bytes) -> None:
    with one.connect(f"/ws/presence/room-{next(NUMBERS)}/?name=alice") as alice:
        assert alice.recv(timeout=10) == "here: alice"
        alice.send(frame)
        assert alice.recv(timeout=10) == "Ask: who"
