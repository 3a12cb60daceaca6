"""What a reader sees of docs/examples/run.py beside the examples themselves."""

import signal

import pytest

from tests.examples.conftest import RunExample, ServeExample
from tests.support.commands import status_of_page


@pytest.mark.parametrize(
    "name", ["routing/nothing.py", "routing/rooms.csv", "routing", ""]
)
def test_a_name_that_is_no_example_gets_a_sentence(
    name: str, run_example: RunExample
) -> None:
    finished = run_example(name)

    assert finished.returncode == 2
    sentence = f"run.py: error: There is no example {name}: name a Python file in "
    assert sentence in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_command_of_django_runs_in_the_example_s_project(
    run_example: RunExample,
) -> None:
    finished = run_example("routing/rooms.py", "check")

    assert finished.stdout == "System check identified no issues (0 silenced).\n"


def test_the_page_of_an_example_is_the_console(serve_example: ServeExample) -> None:
    server = serve_example("routing/rooms.py")

    for path in "/", "/static/chat/console.js":
        assert status_of_page(server.port, path) == 200


def test_ctrl_c_ends_an_example(serve_example: ServeExample) -> None:
    server = serve_example("routing/greetings.py")
    # Daphne says that it listens a moment before it takes note of signals.
    assert status_of_page(server.port, "/") == 200

    server.terminate(signal.SIGINT)

    assert "Traceback" not in server.output
