"""`tutorial.py check --watch`, from the first check to Ctrl-C."""

import shutil
import time

from tests.conftest import Note, Start
from tests.support.clones import Clone
from tests.support.commands import Command, wait_until
from tests.test_check import put

RIGHT = "2 of 2 behaviors of start are right.\n"
WRONG = "Your project cannot be imported.\n"
WAITING = "Waiting for a save in chanx_django/. Stop with Ctrl-C.\n"
HANGS = "\nimport time; time.sleep(600)\n"


def watch(clone: Clone, start: Start) -> Command:
    put(clone, "start")
    command = start("check", "start", "--watch", repository=clone.folder)
    wait_for_answers(command, RIGHT, 1)
    return command


def wait_for_answers(command: Command, answer: str, number: int) -> None:
    wait_until(lambda: command.output.count(answer) == number, f"no {answer!r}")
    waits = command.output.count(RIGHT) + command.output.count(WRONG)
    wait_until(lambda: command.output.count(WAITING) >= waits, "no sentence")


def test_every_save_is_answered_until_ctrl_c(
    clone: Clone, start: Start, note: Note
) -> None:
    command = watch(clone, start)
    urls = clone.project / "config" / "urls.py"
    right = urls.read_text()
    saved = time.monotonic()
    urls.write_text("urlpatterns = [")
    wait_until(lambda: "after a save:" in command.output, "the save was not noticed")
    noticed = time.monotonic() - saved
    wait_for_answers(command, WRONG, 1)
    answered = time.monotonic() - saved

    # As editors save that write a new file and rename it.
    new = urls.with_name("urls.py~")
    new.write_text(right)
    new.replace(urls)
    wait_for_answers(command, RIGHT, 2)

    command.press_ctrl_c()
    assert command.exit_status() == 0
    assert "Traceback" not in command.output
    command.wait_until_all_ended()
    note("a save", f"noticed after {noticed:.1f} s, answered after {answered:.1f} s")


def test_a_save_during_a_check_begins_it_anew(clone: Clone, start: Start) -> None:
    command = watch(clone, start)
    urls = clone.project / "config" / "urls.py"
    right = urls.read_text()
    urls.write_text(right + HANGS)
    wait_until(lambda: "after a save:" in command.output, "the save was not noticed")
    time.sleep(0.5)

    urls.write_text(right)

    # It hangs for longer than this waits.
    wait_until(lambda: command.output.count(RIGHT) == 2, "no new check", seconds=12)


def test_a_project_that_goes_and_comes_back_is_checked(
    clone: Clone, start: Start
) -> None:
    command = watch(clone, start)

    shutil.move(clone.project, clone.folder / "elsewhere")
    command.wait_for_output("The folder chanx_django/, in which you work, is missing.")
    shutil.move(clone.folder / "elsewhere", clone.project)

    wait_for_answers(command, RIGHT, 2)
    command.press_ctrl_c()
    assert command.exit_status() == 0


def test_what_running_the_project_writes_is_no_save(clone: Clone, start: Start) -> None:
    command = watch(clone, start)

    (clone.project / "chat" / "__pycache__").mkdir(exist_ok=True)
    (clone.project / "chat" / "__pycache__" / "models.pyc").write_bytes(b"")
    (clone.project / "db.sqlite3").write_bytes(b"data")

    time.sleep(1.5)
    assert "after a save:" not in command.output


def test_an_unknown_checkpoint_is_refused(clone: Clone) -> None:
    refusal = clone.refusal("check", "cp9", "--watch")

    assert refusal.startswith("There is no checkpoint 'cp9';")
