import pytest
from websockets.exceptions import InvalidStatus

from tests.examples.conftest import ServeExample
from tests.examples.facts import Row, facts
from tests.examples.server import Server

pytestmark = pytest.mark.covers("G2")


def answer(server: Server, path: str) -> str:
    """What the server says first to whoever connects, or the status of its refusal."""
    try:
        with server.connect(path) as socket:
            return str(socket.recv())
    except InvalidStatus as error:
        return f"status {error.response.status_code}"


@pytest.mark.parametrize("row", facts("routing/rooms.csv"))
def test_a_path_gets(row: Row, serve_example: ServeExample) -> None:
    server = serve_example("routing/rooms.py")

    assert answer(server, row["A client connects to"]) == row["It gets"]
    assert "Traceback" not in server.log


def test_without_a_last_route_an_unknown_path_gets_a_traceback(
    serve_example: ServeExample,
) -> None:
    server = serve_example("routing/no_last_route.py")

    assert answer(server, "/ws/lobby/") == "You are in the lobby."
    assert answer(server, "/ws/cellar/") == "status 500"
    server.wait_for_log("ValueError: No route found for path 'ws/cellar/'")


def test_a_route_needs_as_asgi(serve_example: ServeExample) -> None:
    server = serve_example("routing/mistakes.py")

    assert answer(server, "/ws/lobby/") == "status 500"
    server.wait_for_log("TypeError: object LobbyConsumer can't be used in 'await'")


@pytest.mark.parametrize("path", ["/ws/open/", "/ws/open/and/more"])
def test_a_regular_expression_matches_what_only_begins_so(
    path: str, serve_example: ServeExample
) -> None:
    server = serve_example("routing/mistakes.py")

    assert answer(server, path) == "You are in the lobby."


def test_the_first_route_that_matches_wins(serve_example: ServeExample) -> None:
    server = serve_example("routing/mistakes.py")

    assert answer(server, "/ws/rooms/7/") == "You are in the lobby."
