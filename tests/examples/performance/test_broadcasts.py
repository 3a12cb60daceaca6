"""What a message to many costs, and what keeps the cost low."""

import contextlib
import json
import time

import pytest
from websockets.sync.client import ClientConnection

from tests.examples.facts import Row, facts
from tests.examples.server import Server, hear
from tests.support.commands import wait_until

pytestmark = pytest.mark.covers("G12")


@pytest.mark.parametrize("row", facts("performance/costs.csv"))
def test_what_a_broadcast_costs(row: Row, server: Server) -> None:
    encodings = {}
    for way in "each", "once":
        with contextlib.ExitStack() as stack:
            members = [
                stack.enter_context(server.connect(f"/ws/{way}/"))
                for _ in range(int(row["Members"]))
            ]
            server.get("/costs/")
            members[0].send("x" * 1001)
            frames = [hear(member) for member in members]
            costs = server.get("/costs/")
        assert frames == [json.dumps({"text": "x" * 1000})] * int(row["Frames sent"])
        assert costs["events"] == int(row["Events handled"])
        encodings[way] = costs["encodings"]

    assert encodings == {
        "each": int(row["Encodings in EachConsumer"]),
        "once": int(row["Encodings in OnceConsumer"]),
    }


REFUSED = "Not sent: too much is said here."
EACH = 30


def passed_of(client: ClientConnection, name: str) -> int:
    """How many of somebody's messages were not refused."""
    passed = refused = 0
    while passed + refused < EACH:
        text = hear(client)
        refused += text == REFUSED
        passed += text.startswith(name)
    return passed


def test_a_room_has_a_limit_for_all(server: Server) -> None:
    with (
        server.connect("/ws/limited/lively/") as alice,
        server.connect("/ws/limited/lively/") as bob,
        server.connect("/ws/limited/quiet/") as carol,
    ):
        start = time.monotonic()
        for number in range(EACH):
            alice.send(f"alice {number}")
            bob.send(f"bob {number}".ljust(1001))
        carol.send("x" * 1001)
        assert hear(carol) == "x" * 1000

        passed = passed_of(alice, "alice") + passed_of(bob, "bob")
        assert 10 <= passed <= 11 + 5 * (time.monotonic() - start)
        # Time lifts the limit.
        assert passed < 2 * EACH
        wait_until(lambda: answer_to(alice) == "again", "Nothing passes any more")


def answer_to(client: ClientConnection) -> str:
    client.send("again")
    return hear(client)


def test_a_room_that_is_left_has_no_bucket(server: Server) -> None:
    with server.connect("/ws/limited/short-lived/"):
        assert "short-lived" in server.get("/buckets/")["rooms"]

    def is_gone() -> bool:
        return "short-lived" not in server.get("/buckets/")["rooms"]

    wait_until(is_gone, "The bucket did not go")


def test_many_changes_are_told_together(server: Server) -> None:
    with (
        server.connect("/ws/prices/") as shop,
        server.connect("/ws/prices/") as client,
    ):
        start = time.monotonic()
        for number in range(100):
            shop.send(f"tea {number}")
            shop.send(f"cake {number}")
        prices: dict[str, int] = {}
        frames = 0
        while prices != {"tea": 99, "cake": 99}:
            prices |= json.loads(hear(client))
            frames += 1

        # Four a second, and one that begins.
        assert frames <= 2 + 4 * (time.monotonic() - start)


@pytest.mark.parametrize(
    "frame", ["", "tea", "beer 3", "tea three", "tea -1", "tea ٣", "tea 1234567", b"x"]
)
def test_what_is_no_price_is_answered(frame: str | bytes, server: Server) -> None:
    answer = "Say cake, coffee or tea, and a price, such as: tea 3"
    assert server.ask("/ws/prices/", frame) == answer
