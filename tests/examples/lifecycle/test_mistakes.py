from urllib.parse import quote

import pytest

from tests.examples.conftest import ServeExample
from tests.examples.facts import Row, facts, rows_of
from tests.examples.server import Server, at_once

pytestmark = pytest.mark.covers("G4")


@pytest.fixture(scope="module")
def server(serve_example: ServeExample) -> Server:
    return serve_example("lifecycle/mistakes.py")


@pytest.fixture(scope="module")
def answers(server: Server) -> dict[str, str]:
    steps = [row["The consumer does"] for row in rows_of("lifecycle/mistakes.csv")]
    return at_once(lambda step: server.ask(f"/ws/{quote(step)}/"), steps)


@pytest.mark.parametrize("row", facts("lifecycle/mistakes.csv"))
def test_an_order_of_steps(row: Row, answers: dict[str, str], server: Server) -> None:
    steps = row["The consumer does"]

    assert answers[steps] == row["The client gets"]
    server.wait_for_output(row["The log says"])
    if row["disconnect gets"] == "no call":
        assert f"after {steps}:" not in server.output
    else:
        server.wait_for_output(f"after {steps}: {row['disconnect gets']}\n")
