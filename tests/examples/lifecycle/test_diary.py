import json

import pytest

from tests.examples.conftest import ServeExample
from tests.examples.facts import Row, facts, rows_of
from tests.examples.server import EXAMPLES

pytestmark = pytest.mark.covers("G4")

DIRECTIONS = {"in ": "the client", "out": "the consumer"}


@pytest.fixture(scope="module")
def diary(serve_example: ServeExample) -> list[str]:
    """What the example prints of a conversation, line by line."""
    server = serve_example("lifecycle/diary.py")
    answers = server.ask_to_the_end("/ws/", "Alice", b"\x00\xff", "")
    assert answers[1:] == ["Hello, Alice!", r"b'\x00\xff'", "code 4003"]
    server.wait_for_output("\ndisconnect ")
    lines = server.output.splitlines()
    return [line for line in lines if line[:3] in DIRECTIONS and "{" in line]


def test_the_diary_of_a_conversation(diary: list[str]) -> None:
    printed = (EXAMPLES / "lifecycle/diary.txt").read_text(encoding="utf-8")

    assert diary == printed.splitlines()


@pytest.mark.parametrize("row", facts("lifecycle/events.csv"))
def test_an_event(row: Row, diary: list[str]) -> None:
    lines = [line for line in diary if f'"type": "{row["Event"]}"' in line]

    assert {DIRECTIONS[line[:3]] for line in lines} == {row["Comes from"]}
    assert keys_in(lines) - {"type"} == set(row["With"].split(", ")) - {""}


def keys_in(lines: list[str]) -> set[str]:
    return {key for line in lines for key in json.loads(line[4:])}


def test_these_are_all_events(diary: list[str]) -> None:
    rows = rows_of("lifecycle/events.csv")

    assert {row["Event"] for row in rows} == {
        json.loads(line[4:])["type"] for line in diary
    }


@pytest.mark.parametrize("message", ["", b""])
def test_a_client_without_a_name_is_sent_away(
    message: str | bytes, serve_example: ServeExample
) -> None:
    server = serve_example("lifecycle/diary.py")

    answers = server.ask_to_the_end("/ws/", message)

    assert answers == ["Who are you?", "code 4003"]


def test_a_message_in_several_frames_is_one_event(
    serve_example: ServeExample,
) -> None:
    server = serve_example("lifecycle/diary.py")

    with server.connect("/ws/") as socket:
        assert socket.recv() == "Who are you?"
        socket.send(["Al", "i", "ce"])
        assert socket.recv() == "Hello, Alice!"
