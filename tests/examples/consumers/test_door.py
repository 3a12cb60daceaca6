from urllib.parse import quote

import pytest

from tests.examples.conftest import ServeExample
from tests.examples.facts import Row, facts, rows_of
from tests.examples.server import at_once

pytestmark = pytest.mark.covers("G3", "C8")


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("", "status 403"),
        ("?ticket=", "status 403"),
        ("?ticket=9", "code 4004"),
        ("?ticket=%00%ff", "code 4004"),
        ("?ticket=7", "row 1, left"),
    ],
)
def test_who_comes_in(query: str, answer: str, serve_example: ServeExample) -> None:
    server = serve_example("consumers/door.py")

    assert server.ask(f"/ws/door/{query}") == answer


def test_the_subprotocol_is_passed_on_and_the_headers_are_not(
    serve_example: ServeExample,
) -> None:
    server = serve_example("consumers/door.py")

    with server.connect(
        "/ws/door/?ticket=7", subprotocols=["theater.v2", "theater.v1"]
    ) as socket:
        assert socket.subprotocol == "theater.v1"
        assert socket.response
        assert set(socket.response.headers) == {
            "server",
            "upgrade",
            "connection",
            "sec-websocket-protocol",
            "sec-websocket-accept",
        }


@pytest.fixture(scope="module")
def answers(serve_example: ServeExample) -> dict[str, str]:
    server = serve_example("consumers/door.py")
    ways = [row["The consumer does"] for row in rows_of("consumers/door.csv")]
    paths = [f"{when}/{way}" for when in ("after", "instead") for way in ways]
    return at_once(lambda path: server.ask(quote(f"/ws/{path}/")), paths)


@pytest.mark.parametrize("row", facts("consumers/door.csv"))
def test_an_end(row: Row, answers: dict[str, str]) -> None:
    way = row["The consumer does"]

    assert answers[f"after/{way}"] == row["After accept() the client gets"]
    assert answers[f"instead/{way}"] == row["Instead of accept() it gets"]
