import json

import pytest

from tests.examples.conftest import ServeExample
from tests.examples.facts import Row, facts, rows_of
from tests.examples.server import Server, at_once

pytestmark = pytest.mark.covers("G3")


@pytest.fixture(scope="module")
def server(serve_example: ServeExample) -> Server:
    return serve_example("consumers/notices.py")


def test_a_notice_reaches_the_method_of_its_type(server: Server) -> None:
    assert server.ask("/ws/notices/", "The door is open.") == "The door is open."


@pytest.mark.parametrize("notice", ["x" * 101, "", b"bytes"])
def test_a_bad_notice_ends_the_connection(notice: str | bytes, server: Server) -> None:
    assert server.ask("/ws/notices/", notice) == "code 4003"


def event_of(kind: str) -> dict[str, str]:
    return {} if kind == "(none)" else {"type": kind}


@pytest.fixture(scope="module")
def answers(server: Server) -> dict[str, str]:
    types = [row["An event of the type"] for row in rows_of("consumers/notices.csv")]
    return at_once(
        lambda kind: server.ask("/ws/any/", json.dumps(event_of(kind))), types
    )


@pytest.mark.parametrize("row", facts("consumers/notices.csv"))
def test_an_event(row: Row, answers: dict[str, str], server: Server) -> None:
    wanted = row["Calls"] or row["If not, the client gets"]

    assert answers[row["An event of the type"]] == wanted
    server.wait_for_output(row["And the log says"])


def test_an_event_can_pretend_that_the_client_has_gone(server: Server) -> None:
    event = {"type": "websocket.disconnect", "code": 1000}

    assert server.ask("/ws/any/", json.dumps(event)) == "disconnect"
