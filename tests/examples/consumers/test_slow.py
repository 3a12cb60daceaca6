import time
from contextlib import ExitStack

import pytest
from websockets.sync.client import ClientConnection

from tests.examples.conftest import ServeExample
from tests.examples.facts import Row, facts
from tests.examples.server import Server

pytestmark = pytest.mark.covers("G3")

CLIENTS = 4
SECONDS = 0.25
ATTEMPTS = 3


@pytest.mark.parametrize("row", facts("consumers/slow.csv"))
def test_how_long_clients_wait(row: Row, serve_example: ServeExample) -> None:
    server = serve_example("consumers/slow.py")
    path = f"/ws/{row['Consumer']}/"
    attempts = [measure(server, path) for _ in range(ATTEMPTS)]

    # On a busy machine, what is side by side may once take as long as what is in a row,
    # which never takes less.
    is_in_a_row = all(seconds >= CLIENTS * SECONDS for seconds, _ in attempts)
    assert row["Four clients at once wait"] == ("1.0 s" if is_in_a_row else "0.25 s")
    # Who waits in the same row waits nearly as long as one of the four is worked for.
    others_wait = all(max(waits) > 0.8 * SECONDS for _, waits in attempts)
    assert row["All others in the process wait"] == ("yes" if others_wait else "no")


def measure(server: Server, path: str) -> tuple[float, list[float]]:
    """Let four clients ask at once, and another one, of an echo, again and again.

    Returns how many seconds the four wait, and how many the other one waits in the
    meantime, for each of its answers.
    """
    with ExitStack() as stack:
        clients = [stack.enter_context(server.connect(path)) for _ in range(CLIENTS)]
        other = stack.enter_context(server.connect("/ws/EchoConsumer/"))
        started = time.monotonic()
        for client in clients:
            client.send("work")
        waits = []
        while clients:
            asked = time.monotonic()
            other.send("hello")
            other.recv()
            waits.append(time.monotonic() - asked)
            clients = [client for client in clients if not has_answer(client)]
        return time.monotonic() - started, waits


def has_answer(client: ClientConnection) -> bool:
    try:
        return client.recv(timeout=0) == "done"
    except TimeoutError:
        return False


def test_a_connection_handles_one_message_after_the_other(
    serve_example: ServeExample,
) -> None:
    server = serve_example("consumers/slow.py")

    with server.connect("/ws/WaitingConsumer/") as client:
        started = time.monotonic()
        for _ in range(2):
            client.send("work")
        for _ in range(2):
            client.recv()

    assert time.monotonic() - started >= 2 * SECONDS
