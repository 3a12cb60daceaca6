import sys

import pytest

from tests.examples.conftest import ServeExample
from tests.examples.facts import Row, facts

pytestmark = pytest.mark.covers("G2")


@pytest.mark.parametrize("row", facts("routing/rooms.csv"))
def test_a_path_gets(row: Row, serve_example: ServeExample) -> None:
    server = serve_example("routing/rooms.py")

    assert server.ask(row["A client connects to"]) == row["It gets"]
    assert "Traceback" not in server.output


def test_without_a_last_route_an_unknown_path_gets_a_traceback(
    serve_example: ServeExample,
) -> None:
    server = serve_example("routing/no_last_route.py")

    assert server.ask("/ws/lobby/") == "You are in the lobby."
    assert server.ask("/ws/cellar/") == "status 500"
    server.wait_for_output("ValueError: No route found for path 'ws/cellar/'")


def test_a_route_needs_as_asgi(serve_example: ServeExample) -> None:
    server = serve_example("routing/mistakes.py")

    assert server.ask("/ws/lobby/") == "status 500"
    if sys.version_info < (3, 14):
        words = "object LobbyConsumer can't be used in 'await' expression"
    else:
        words = "'LobbyConsumer' object can't be awaited"
    server.wait_for_output(f"TypeError: {words}")


@pytest.mark.parametrize("path", ["/ws/open/", "/ws/open/and/more"])
def test_a_regular_expression_matches_what_only_begins_so(
    path: str, serve_example: ServeExample
) -> None:
    server = serve_example("routing/mistakes.py")

    assert server.ask(path) == "You are in the lobby."


def test_the_first_route_that_matches_wins(serve_example: ServeExample) -> None:
    server = serve_example("routing/mistakes.py")

    assert server.ask("/ws/rooms/7/") == "You are in the lobby."
