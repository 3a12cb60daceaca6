"""What `tutorial.py check` answers to learners, whose files it leaves as they are."""

import shutil
from pathlib import Path

import pytest

from course.chapters import find_checkpoint, load_chapters
from course.check.hints import Goal
from course.check.run import check_against, redis_url
from course.check.trial import Trial
from course.projects import copy_checkpoint
from tests.support.learner import Learner
from tests.support.programs import Programs

ROUTING = "chat/routing.py"
REACHES_REDIS = """
import redis

from chat.tests.programs import free_port, run_redis


def test_each_has_its_own(tmp_path):
    ports = free_port(), free_port()
    with run_redis(tmp_path / "one", ports[0]), run_redis(tmp_path / "two", ports[1]):
        clients = [redis.Redis(port=port) for port in ports]
        clients[0].set("of one", "value", ex=60)
        assert [client.get("of one") for client in clients] == [b"value", None]
"""


def test_a_finished_chapter_is_right_however_lines_end(learner: Learner) -> None:
    learner.start("cp2")
    for file in learner.project.glob("c*/*.py"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n").rstrip())
    (learner.project / "chat" / "static" / "photo.png").write_bytes(b"\x89PNG\r\n\xff")
    # Emacs has such a link beside each file that is not saved yet.
    (learner.project / "chat" / ".#views.py").symlink_to("nowhere")

    lines = learner.check(status=0).splitlines()

    assert lines[:2] == [
        "Looking how far mychat/ is.",
        "Your files are those of cp2. Checking against cp2.",
    ]
    assert "  ✓ another room hears nothing" in lines
    assert lines[-2] == "15 of 15 behaviors of cp2 are right."
    assert lines[-1] == "The next chapter is Usernames: docs/tutorial/usernames.rst"


def test_a_missing_step_is_named(learner: Learner) -> None:
    learner.start("cp2")
    shutil.copy(find_checkpoint("cp1").folder / ROUTING, learner.project / ROUTING)

    output = learner.check()

    assert (
        "The chapter Rooms fits best: of what it changes, 1 of 2 files are as at its "
        "end. Checking against cp2.\n"
    ) in output
    assert (
        "    Look at:  mychat/chat/routing.py is still as it was at the beginning of "
        "the chapter Rooms\n"
    ) in output


def test_a_file_that_was_never_made_is_missed(learner: Learner) -> None:
    learner.start("cp2")
    (learner.project / ROUTING).unlink()

    assert learner.check().endswith(
        """
✗ Your project cannot be imported.
    Problem:  ModuleNotFoundError: No module named 'chat.routing'
    Look at:  mychat/config/asgi.py, line 12
              from chat.routing import websocket_urlpatterns  # noqa: E402
              mychat/chat/routing.py is missing
    Read:     docs/tutorial/rooms.rst, section "A path with a part that varies"

0 of 15 behaviors of cp2 are right, 15 not tried.
"""
    )


def hide_redis_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Python runs is found by its path, and Git by the PATH."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").symlink_to(shutil.which("git") or "")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


def test_without_a_redis_the_rest_is_tried_and_how_to_get_one_is_said(
    learner: Learner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner.start("cp5")
    hide_redis_server(tmp_path, monkeypatch)

    output = learner.check("cp5", status=2)

    assert "  – a message crosses servers (not tried: needs a Redis)\n" in output
    assert "  ✓ a program says how to start redis\n" in output
    assert "docker run --rm --publish 6379:6379 redis\n" in output
    right, _, left = output.splitlines()[-1].partition(" of ")
    assert int(right) + int(left.split()[-3]) == int(left.split()[0])


def test_what_takes_long_is_not_tried_if_something_else_is_wrong(
    learner: Learner,
) -> None:
    learner.start("cp4")
    learner.replace("chat/consumers.py", "ROOM = 4004", "ROOM = 4044")

    output = learner.check("cp4")

    assert "Came:     a close with code 4044\n" in output
    assert "servers" not in output


def test_any_folder_with_tests_is_a_goal(
    learner: Learner, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    learner.start("start")
    copy_checkpoint(find_checkpoint("start"), tmp_path / "goal")
    tests = tmp_path / "goal" / "chat" / "tests" / "test_console.py"
    tests.write_text("def test_it_is_an_exercise() -> None:\n    pass\n")
    goal = Goal("Exercise 1", tmp_path / "goal", list(load_chapters()[:1]))

    with Trial() as trial:
        assert check_against(goal, learner.project, trial, lambda: False) == 0

    assert capsys.readouterr().out == (
        "  ✓ it is an exercise\n\n1 of 1 behaviors of Exercise 1 are right.\n"
    )


def test_a_redis_elsewhere_stands_in_for_those_that_tests_start(
    learner: Learner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner.start("cp4")
    copy_checkpoint(find_checkpoint("cp4"), tmp_path / "goal")
    tests = tmp_path / "goal" / "chat" / "tests"
    for file in tests.glob("test_*.py"):
        file.unlink()
    (tests / "test_own.py").write_text(REACHES_REDIS)
    goal = Goal("cp4", tmp_path / "goal", list(load_chapters()))
    with Programs(tmp_path) as programs:
        port = programs.redis("--requirepass", "a#b").port
        hide_redis_server(tmp_path, monkeypatch)
        url = f"redis://:a%23b@127.0.0.1:{port}"
        monkeypatch.setenv("REDIS_URL", url)
        assert redis_url() == url
        with Trial() as trial:
            status = check_against(goal, learner.project, trial, lambda: False)

    assert status == 0
