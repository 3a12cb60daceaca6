"""Who waits while a consumer thinks."""

import contextlib
import re
import time

import pytest
from websockets.sync.client import ClientConnection

from tests.examples.conftest import ServeExample
from tests.examples.server import Server, hear

pytestmark = pytest.mark.covers("G12")


def seconds_of_an_answer(client: ClientConnection, text: str) -> float:
    start = time.monotonic()
    client.send(text)
    hear(client)
    return time.monotonic() - start


def longest_echo_while(thinker: ClientConnection, other: ClientConnection) -> float:
    """How long one client waits at most while a consumer thinks for another."""
    thinker.send("a thought")
    longest = 0.0
    while True:
        with contextlib.suppress(TimeoutError):
            thinker.recv(timeout=0)
            return longest
        longest = max(longest, seconds_of_an_answer(other, "still there?"))


@pytest.mark.parametrize(("path", "all_wait"), [("rude", True), ("polite", False)])
def test_who_waits_while_a_consumer_thinks(
    path: str, all_wait: bool, server: Server
) -> None:
    with server.connect(f"/ws/{path}/") as thinker, server.connect("/ws/echo/") as bob:
        # A busy machine makes an echo late now and then, and never an early one.
        longest = min(longest_echo_while(thinker, bob) for _ in range(3))

    # Half the time that it thinks.
    assert (longest > 0.125) is all_wait


def test_two_think_at_once_and_the_others_wait(server: Server) -> None:
    with contextlib.ExitStack() as stack:
        four = [stack.enter_context(server.connect("/ws/polite/")) for _ in range(4)]
        bob = stack.enter_context(server.connect("/ws/echo/"))
        start = time.monotonic()
        for number, client in enumerate(four):
            client.send("x" * (2000 + number))
        echo = seconds_of_an_answer(bob, "still there?")
        thoughts = [hear(client) for client in four]

    # All but the first 1,000 characters are left out.
    assert set(thoughts) == {"I thought about 1000 bytes."}
    assert echo < 0.5 <= time.monotonic() - start


def test_debug_mode_tells_what_holds_up_the_loop(serve_example: ServeExample) -> None:
    server = serve_example("performance/thinking.py", PYTHONASYNCIODEBUG="1")
    with server.connect("/ws/rude/") as client:
        client.send("a thought")
        hear(client)

    server.wait_for_output("Executing <Task ")
    held_up = re.search(r"Executing <Task .* took ([\d.]+) seconds", server.output)
    assert held_up
    assert float(held_up[1]) >= 0.25
