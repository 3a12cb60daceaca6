"""`tutorial.py exercise`, as learners type it."""

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from course.__main__ import main
from course.exercise import folder
from course.exercise.data import find_exercise
from course.exercise.folder import write
from course.projects import files_of
from tests.conftest import Note, Start
from tests.support.clones import Clone
from tests.support.learner import Learner

Typed = Callable[..., str]
BOB_GETS_ONE = "# Bob gets:\nOne.\n"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the exercises of a learner, who has none yet."""
    monkeypatch.setattr(folder, "WORK", tmp_path / "mychat-exercises")
    return tmp_path / "mychat-exercises"


@pytest.fixture
def typed(
    work: Path,
    learner: Learner,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Typed:
    """Types the command in the learner's project, and returns what is said."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    def type_command(*arguments: str, status: int = 0) -> str:
        folder_of_project = learner.project if learner.project.exists() else work.parent
        monkeypatch.chdir(folder_of_project)
        monkeypatch.setattr(sys, "argv", ["tutorial.py", "exercise", *arguments])
        assert main() == status
        output = capsys.readouterr()
        return (output.out + output.err).replace(f"{work.parent}/", "")

    return type_command


def test_an_unknown_exercise_is_refused(typed: Typed) -> None:
    assert typed("echo/9", status=1) == (
        "There is no exercise 'echo/9'; choose one of echo/1, echo/2, echo/3.\n"
    )
    assert "choose one of prerequisites/1, " in typed("chess", status=1)


@pytest.mark.parametrize("option", ["--watch", "--hint", "--solution"])
def test_an_option_without_an_exercise_is_refused(typed: Typed, option: str) -> None:
    assert typed(option, status=1).startswith("Say which exercise, for example: ")


def test_an_exercise_is_prepared_and_then_checked(typed: Typed, work: Path) -> None:
    begun = typed("echo/1")
    assert "mychat-exercises/echo-1/ is prepared: cp0, the end of Echo." in begun
    assert (work / "echo-1" / "TASK.txt").read_text() in begun
    assert "is needed" in begun

    assert "Write your answer into" in typed("echo/1", status=1)
    answer = work / "echo-1" / "answer.txt"
    answer.write_text("3")
    assert "if Alice and Bob had one consumer together" in typed("echo/1", status=1)
    answer.write_text("42")
    assert "not what happens" in typed("echo/1", status=1)
    assert "  … echo/1 " in typed()

    answer.write_text(BOB_GETS_ONE)
    mine = files_of(work / "echo-1")
    assert "  ✓ One.\n" in typed("echo/1")
    assert files_of(work / "echo-1") == mine
    assert "  ✓ echo/1 " in typed()
    answer.unlink()
    assert "Write your answer into" in typed("echo/1", status=1)


def test_what_is_ahead_of_the_project_is_said_to_be(
    typed: Typed, learner: Learner
) -> None:
    learner.start("cp1")

    assert "is not so far: what you see is ahead" in typed("rooms/1")
    assert "is not so far" not in typed("groups/1")


def test_the_place_of_a_fault_may_be_written_in_several_ways(
    typed: Typed, work: Path
) -> None:
    typed("rooms/2")
    answer = work / "rooms-2" / "answer.txt"
    consumers = work / "rooms-2" / "chat" / "consumers.py"
    lines = consumers.read_text().splitlines()
    number = next(n for n, line in enumerate(lines, 1) if "'ignore'" in line)
    for text, said in {
        "in the consumers": "Write a file and the number of a line",
        "chat/consumer.py:3": "There is no file chat/consumer.py",
        "chat/consumers.py:999": "chat/consumers.py has no line 999.",
        "config/asgi.py 3": "The fault is not in config/asgi.py.",
        f"chat/consumers.py:{number + 1}": "in chat/consumers.py, but not in line",
    }.items():
        answer.write_text(text)
        assert said in typed("rooms/2", status=1)

    answer.write_text(f"chat/consumers.py, line {number}")
    assert "✓ chat/consumers.py, line" in typed("rooms/2")
    consumers.write_text("import logging\n" + consumers.read_text())
    answer.write_text(f"chat/consumers.py:{number + 1}")
    assert "✓" in typed("rooms/2")


def test_hints_come_one_by_one(typed: Typed) -> None:
    assert typed("echo/1", "--hint").startswith("Hint 1 of 2: How many objects")
    for _ in range(2):
        last = typed("echo/1", "--hint")
        assert last.startswith("Hint 2 of 2: self.count += 1 reads")
        assert "That was the last one." in last


def test_a_solution_is_shown_also_to_those_who_have_not_tried(
    typed: Typed, work: Path
) -> None:
    typed("echo/3")
    first = typed("echo/3", "--solution")
    assert first.startswith("You have not tried echo/3 yet.")
    assert '\n+        if text_data == "ping":\n' in first
    assert "The fault: config/asgi.py:16\n" in typed("echo/2", "--solution")
    assert "The answer: 1\n" in typed("echo/1", "--solution")

    (work / "echo-3" / "chat" / "consumers.py").write_text("# I have no idea.\n")

    assert typed("echo/3", "--solution").startswith("--- chat/consumers.py\n")


@pytest.mark.parametrize("lost", ["manage.py", "config/settings.py"])
def test_a_folder_of_which_something_is_lost_is_left_as_it_is(
    typed: Typed, work: Path, lost: str
) -> None:
    typed("echo/3")
    (work / "echo-3" / lost).unlink()
    mine = files_of(work / "echo-3")

    for command in ["echo/3"], ["echo/3", "--watch"]:
        assert f"{lost} is missing. Nothing was changed." in typed(*command, status=1)

    assert files_of(work / "echo-3") == mine


def test_what_is_in_the_way_is_left_as_it_is(typed: Typed, work: Path) -> None:
    work.write_text("Mine.")
    assert "is not a folder: move it away" in typed("echo/1", status=1)
    assert work.read_text() == "Mine."

    work.unlink()
    (work / "echo-1" / ".git").mkdir(parents=True)
    (work / "echo-2").write_text("Mine.")
    (work / "echo-3").mkdir()

    assert "Nothing was changed." in typed("echo/1", status=1)
    assert "is not a folder: move it away" in typed("echo/2", status=1)
    assert "is prepared" in typed("echo/3")
    assert (work / "echo-1" / ".git").is_dir()


def test_what_is_done_may_be_forgotten(typed: Typed, work: Path) -> None:
    work.mkdir()
    for spoiled in "", "[]", '{"done": 3}':
        (work / "progress.json").write_text(spoiled)
        assert "Hint 1 of 2" in typed("echo/1", "--hint")


def test_every_save_is_checked(clone: Clone, start: Start, note: Note) -> None:
    command = start("exercise", "rooms/3", "--watch", repository=clone.folder)
    command.wait_for_output("Waiting for a save in mychat-exercises/rooms-3/.")
    assert "is prepared: cp2, the end of Rooms." in command.output
    assert "\n✗ the room tells how many are in it\n" in command.output

    saved = time.monotonic()
    write(clone.folder / "mychat-exercises/rooms-3", find_exercise("rooms/3").solution)
    command.wait_for_output("6 of 6 behaviors of rooms/3 are right.\n")
    note("a save of an exercise", f"answered after {time.monotonic() - saved:.1f} s")

    command.press_ctrl_c()
    assert command.exit_status() == 0
    assert "  ✓ rooms/3 " in clone.run("exercise")
    assert clone.git("status", "--short") == ""
