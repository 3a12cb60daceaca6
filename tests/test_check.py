"""What `tutorial.py check` answers to learners, whose files it leaves as they are."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from course.projects import files_of
from tests.support.clones import Clone, copy_course


@pytest.fixture
def learner(clone: Clone) -> Clone:
    """A learner who has just finished the chapter Rooms."""
    put(clone, "cp2")
    # Starting a server takes longer than all the rest, and adds nothing here.
    for name in "cp1", "cp2":
        tests = clone.folder / "checkpoints" / name / "chat" / "tests"
        (tests / "test_server.py").unlink()
    return clone


def put(clone: Clone, checkpoint: str) -> None:
    shutil.rmtree(clone.project)
    shutil.copytree(clone.folder / "checkpoints" / checkpoint, clone.project)


def replace(clone: Clone, path: str, old: str, new: str) -> int:
    """Change a line of the learner's, and return its number."""
    file = clone.project / path
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))
    return text.partition(old)[0].count("\n") + 1


def check(clone: Clone, *arguments: str) -> str:
    """What is said of a project that is not right, and left as it is."""
    before = files_of(clone.project)
    finished = clone.try_to_run("check", *arguments)
    assert files_of(clone.project) == before
    assert finished.returncode == 1
    assert finished.stderr == ""
    assert "Traceback" not in finished.stdout
    # The path of the copy in which the tests ran is nothing to a learner.
    assert str(Path(tempfile.gettempdir(), "tmp")) not in finished.stdout
    return finished.stdout


def test_a_finished_chapter_is_right(learner: Clone) -> None:
    output = learner.run("check")

    lines = output.splitlines()
    assert lines[:2] == [
        "Looking how far chanx_django/ is.",
        "Your files are those of cp2. Checking against cp2.",
    ]
    assert "  ✓ another room hears nothing" in lines
    assert "  ✓ any name is a room" in lines
    assert "✗" not in output
    assert lines[-2:] == [
        "8 of 8 behaviors of cp2 are right.",
        "The next chapter is Usernames: docs/tutorial/usernames.rst",
    ]


def test_a_typo_is_shown_where_it_is(learner: Clone) -> None:
    line = replace(learner, "chat/consumers.py", "CLOSE_BAD_ROOM,", "CLOSE_BAD_ROM,")

    output = check(learner)

    assert "  ✗ a room name that is too long closes (length = 81)\n" in output
    assert output.endswith(
        f"""
✗ a room name that is too long closes
    Expected: no error during: close = await client.receive_output()
    Came:     NameError: name 'CLOSE_BAD_ROM' is not defined
    Look at:  chanx_django/chat/consumers.py, line {line}
              CLOSE_BAD_ROM,
    Read:     docs/tutorial/rooms.rst, section "Join, then accept"

7 of 8 behaviors of cp2 are right.
"""
    )


def test_a_missing_step_is_named(learner: Clone) -> None:
    shutil.copy(
        learner.folder / "checkpoints" / "cp1" / "chat" / "routing.py",
        learner.project / "chat" / "routing.py",
    )

    output = check(learner)

    assert (
        "The chapter Rooms fits best: of what it changes, 1 of 2 files are as at its "
        "end. Checking against cp2.\n"
    ) in output
    place = "chanx_django/chat/routing.py is still as it was at the beginning of the"
    assert output.endswith(
        f"""
✗ everybody in a room hears everybody
    Expected: the connection is accepted
    Came:     it was refused
    Look at:  {place} chapter Rooms
    Read:     docs/tutorial/rooms.rst, section "A path with a part that varies"

2 of 8 behaviors of cp2 are right.
"""
    )


def test_a_wrong_close_code_is_found(learner: Clone) -> None:
    line = replace(learner, "chat/consumers.py", "ROOM = 4004", "ROOM = 4044")

    output = check(learner)

    assert output.count("✗") == 2
    assert output.endswith(
        f"""
  ✗ a room name that is too long closes (length = 81)
  ✓ who has left hears nothing
  ✓ a fault closes its sender and nobody else
  ✓ the console page answers
  ✓ the console page finds its script and style

✗ a room name that is too long closes
    Expected: a close with code 4004
    Came:     a close with code 4044
    Look at:  chanx_django/chat/consumers.py, line {line}
              CLOSE_BAD_ROOM = 4044
              (not as in cp2)
    Read:     docs/tutorial/rooms.rst, section "Refuse so that a browser learns why"

7 of 8 behaviors of cp2 are right.
"""[1:]
    )


def test_a_file_that_was_never_made_is_missed(learner: Clone) -> None:
    (learner.project / "chat" / "routing.py").unlink()

    output = check(learner)

    assert output.endswith(
        """
✗ Your project cannot be imported.
    Problem:  ModuleNotFoundError: No module named 'chat.routing'
    Look at:  chanx_django/config/asgi.py, line 12
              from chat.routing import websocket_urlpatterns  # noqa: E402
              chanx_django/chat/routing.py is missing
    Read:     docs/tutorial/rooms.rst, section "A path with a part that varies"

0 of 8 behaviors of cp2 are right, 8 not tried.
"""
    )


def test_what_takes_long_is_not_tried_if_something_else_is_wrong(
    learner: Clone,
) -> None:
    put(learner, "cp4")
    replace(learner, "chat/consumers.py", "ROOM = 4004", "ROOM = 4044")
    tests = learner.folder / "checkpoints" / "cp4" / "chat" / "tests"
    slow = (tests / "test_redis.py").read_text() + (
        tests / "test_outage.py"
    ).read_text()

    output = check(learner, "cp4")

    assert "  ✓ daphne carries a text to the room\n" in output
    assert f", {slow.count('def test_')} not tried.\n" in output


def test_what_takes_long_is_named_when_its_first_case_is_wrong(learner: Clone) -> None:
    put(learner, "cp4")
    command = "chat/management/commands/runworker.py"
    replace(learner, command, "A worker gets its tasks over Redis.", "No.")
    tests = learner.folder / "checkpoints" / "cp4" / "chat" / "tests"
    (tests / "test_redis.py").unlink()

    output = check(learner, "cp4")

    assert "  ✗ a worker without an address says what to set (" in output
    assert "ended by itself" not in output


def test_without_git_the_other_checkpoints_are_known(tmp_path: Path) -> None:
    copy_course(tmp_path / "course")
    course = Clone(tmp_path / "course")
    put(course, "start")

    output = course.run("check")

    assert "Your files are those of start. Checking against start.\n" in output
    assert "2 of 2 behaviors of start are right.\n" in output


def test_without_git_nothing_else_is_taken_for_the_finished_project(
    tmp_path: Path, free_port: int
) -> None:
    copy_course(tmp_path / "course")
    course = Clone(tmp_path / "course")
    put(course, "start")
    # Emacs has such a link beside each file that is not saved yet.
    (course.project / "chat" / ".#views.py").symlink_to("nowhere")

    for command in "check", f"serve --port={free_port}", "diff cp1":
        finished = course.try_to_run(*command.split(), "final")
        assert finished.returncode == 1
        assert finished.stderr.startswith(
            "Without a Git clone, the finished project is only in chanx_django/"
        )


def test_what_is_printed_has_all_characters_everywhere(learner: Clone) -> None:
    """Also where output that goes to a file or a pipe is not encoded in UTF-8."""
    with (learner.project / "config" / "urls.py").open("a") as file:
        file.write("\nprint('\\N{CHECK MARK}')\n")

    output = learner.run("check", PYTHONIOENCODING="cp1252")

    assert "  ✓ another room hears nothing\n" in output


@pytest.mark.parametrize("command", ["branches", "check", "diff"])
def test_whoever_reads_only_the_beginning_sees_no_traceback(
    learner: Clone, command: str
) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    finished = subprocess.run(
        [sys.executable, "-m", "course", command],
        cwd=learner.folder,
        stdin=subprocess.DEVNULL,
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=60,
    )
    os.close(writer)

    assert finished.stderr == b""
    assert finished.returncode == 0
