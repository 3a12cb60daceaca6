"""`tutorial.py check --watch`, from the first check to Ctrl-C."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Note
from tests.support.commands import Command, wait_until
from tests.support.learner import Learner

RIGHT = "2 of 2 behaviors of start are right.\n"
WRONG = "Your project cannot be imported.\n"
WAITING = "Waiting for a save in this folder. Stop with Ctrl-C.\n"
SAVED = "after a save:"


@pytest.fixture
def learner(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Learner:
    learner = Learner(tmp_path, capsys)
    learner.start("start")
    return learner


@pytest.fixture
def watching(learner: Learner) -> Iterator[Command]:
    command = learner.start_command("check", "start", "--watch")
    wait_for_answers(command, RIGHT, 1)
    yield command
    command.press_ctrl_c()
    assert command.exit_status() == 0
    assert "Traceback" not in command.output
    command.wait_until_all_ended()


def wait_for_answers(command: Command, answer: str, number: int) -> None:
    wait_until(lambda: command.output.count(answer) == number, f"no {answer!r}")
    answers = command.output.count(RIGHT) + command.output.count(WRONG)
    wait_until(lambda: command.output.count(WAITING) >= answers, "no sentence")


def test_every_save_is_answered(
    learner: Learner, watching: Command, note: Note
) -> None:
    urls = learner.project / "config" / "urls.py"
    right = urls.read_text()
    saved = time.monotonic()
    urls.write_text("urlpatterns = [")
    wait_for_answers(watching, WRONG, 1)
    note("a save", f"answered after {time.monotonic() - saved:.1f} s")

    # As editors save that write a new file and rename it.
    new = urls.with_name("urls.py~")
    new.write_text(right)
    new.replace(urls)
    wait_for_answers(watching, RIGHT, 2)


def test_a_save_during_a_check_begins_it_anew(
    learner: Learner, watching: Command
) -> None:
    urls = learner.project / "config" / "urls.py"
    right = urls.read_text()
    begun = learner.project.with_name("begun")
    urls.write_text(f"open({str(begun)!r}, 'w'); import time; time.sleep(600)")
    wait_until(begun.exists, "the save was not noticed")

    urls.write_text(right)

    wait_for_answers(watching, RIGHT, 2)
    assert "Nothing happened" not in watching.output


def test_a_project_that_goes_and_comes_back_is_checked(
    learner: Learner, watching: Command
) -> None:
    elsewhere = learner.project.with_name("elsewhere")
    shutil.move(learner.project, elsewhere)
    watching.wait_for_output("in which you work, is missing.")
    shutil.move(elsewhere, learner.project)

    wait_for_answers(watching, RIGHT, 2)


def test_what_running_the_project_writes_is_no_save(
    learner: Learner, watching: Command
) -> None:
    (learner.project / "chat" / "__pycache__").mkdir(exist_ok=True)
    (learner.project / "chat" / "__pycache__" / "models.pyc").write_bytes(b"")
    (learner.project / "db.sqlite3").write_bytes(b"data")

    # What is noticed afterwards is this alone.
    learner.append("config/urls.py", "")
    wait_for_answers(watching, RIGHT, 2)
    assert watching.output.count(SAVED) == 1
