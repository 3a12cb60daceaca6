import contextlib
import re
from collections.abc import Callable

import pytest
from websockets.sync.client import ClientConnection

from tests.examples.facts import rows_of
from tests.examples.server import Server, hear
from tests.support.commands import wait_until

pytestmark = pytest.mark.covers("G12")


def test_what_runs_on_when_connections_are_over(server: Server) -> None:
    rows = rows_of("performance/clocks.csv")
    names = [row["Consumer"] for row in rows]

    def running() -> dict[str, int]:
        counted = server.get("/clocks/")
        return {name: counted.get(name, 0) for name in names}

    def run_and_end(how: Callable[[ClientConnection], None]) -> None:
        with contextlib.ExitStack() as stack:
            clients = [
                stack.enter_context(server.connect(f"/ws/{name}/"))
                for name in names
                for _ in range(5)
            ]
            assert all(re.fullmatch(r"\d\d:\d\d:\d\d", hear(one)) for one in clients)
            for client in clients:
                how(client)

    run_and_end(lambda client: client.close())
    expected = {
        row["Consumer"]: int(row["Clocks after 5 clients have closed"]) for row in rows
    }
    wait_until(lambda: running() == expected, "Some clocks did not stop")

    run_and_end(lambda client: client.send("fail"))
    expected = {
        name: expected[name] + int(row["Clocks after 5 consumers have failed"])
        for name, row in zip(names, rows, strict=True)
    }
    wait_until(lambda: running() == expected, "Some clocks did not stop")
