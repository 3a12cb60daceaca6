"""Who is in a group, and who has left it."""

import contextlib
import socket
import struct
from concurrent.futures import ThreadPoolExecutor

import pytest
from websockets.sync.client import ClientConnection

from tests.examples.facts import Row, facts
from tests.examples.server import Server, closed_with, hear
from tests.support.commands import wait_until

pytestmark = pytest.mark.covers("G9")


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
        numbers = server.get("/groups/")
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
