"""What `tutorial.py check` answers to learners, whose files it leaves as they are."""

import functools
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from course.chapters import ROOT, load_chapters
from course.check.hints import Goal
from course.check.run import check_against, redis_url
from course.check.trial import Trial
from course.errors import TutorialError
from course.projects import copy_checkpoint
from tests.support.commands import wait_until
from tests.support.learner import HERE, Learner

ROUTING = "chat/routing.py"
SETDEFAULT = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")'
REDIS = shutil.which("redis-server") or "redis-server"
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
# A checkpoint's file, what is right there and what a learner has instead; what comes of
# it; and the section that teaches it.
MISTAKES = r"""
cp0 chat/consumers.py | await self.send( | self.send(
nothing, however long the test waited
echo.rst, section "Write a consumer"

cp1 chat/consumers.py | await self.channel_layer | self.channel_layer
nothing, however long the test waited
groups.rst, section "Write the chat consumer"

cp1 chat/consumers.py | def chat_message( | def chat_mesage(
ValueError: No handler for message type chat.message
groups.rst, section "Write the chat consumer"

cp0 config/settings.py | ROOT_URLCONF = | ROOT_URLCONFIG =
AttributeError: 'Settings' object has no attribute 'ROOT_URLCONF'
echo.rst, section "Tell the settings"

cp2 chat/consumers.py | async def connect | groups = []\n\n    async def connect
bob heard something
rooms.rst, section "A room's name is not a group's name"

cp3 chat/consumers.py | .strip() |
'  alice '
usernames.rst, section "Read the query string"

cp2 chat/consumers.py | an accept.\n            await self.accept()\n | an accept.\n
it was refused
rooms.rst, section "Join, then accept"

cp2 chat/consumers.py | ROOM = 4004 | ROOM = 4044
a close with code 4044
rooms.rst, section "Refuse so that a browser learns why"

cp0 chat/routing.py | ws/echo/ | ws/echo
ValueError: No route found for path 'ws/echo/'.
echo.rst, section "Give it a path"

cp1 chat/consumers.py | async def chat_m |  async def chat_m
IndentationError: unindent does not match any outer indentation level
groups.rst, section "Write the chat consumer"

cp2 chat/consumers.py | CLOSE_BAD_ROOM, | CLOSE_BAD_ROM,
NameError: name 'CLOSE_BAD_ROM' is not defined
rooms.rst, section "Join, then accept"

cp0 config/settings.py |     "daphne",\n |
server rejected WebSocket connection: HTTP 404
echo.rst, section "Tell the settings"

cp0 config/settings.py | ASGI_APPLICATION = "config.asgi.application"\n |
CommandError: You have not set ASGI_APPLICATION
echo.rst, section "Tell the settings"

cp0 config/asgi.py |         "http": django_application,\n |
HTTPError: HTTP Error 500: Internal Server Error
echo.rst, section "Write the ASGI application"

cp0 config/asgi.py | SETDEFAULT\n |
returned non-zero exit status
echo.rst, section "Write the ASGI application"

cp0 manage.py |     SETDEFAULT\n |
settings are not configured
prerequisites.rst, section "A door: manage.py"
"""


@pytest.fixture
def learner(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Learner:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("REDIS_URL", raising=False)
    return Learner(tmp_path, capsys)


@pytest.mark.parametrize("mistake", MISTAKES.strip().split("\n\n"))
def test_a_mistake_is_answered_with_its_line_and_section(
    learner: Learner, mistake: str
) -> None:
    made, came, section = mistake.replace("SETDEFAULT", SETDEFAULT).split("\n")
    where, right, wrong = made.replace("\\n", "\n").split(" |")
    checkpoint, path = where.split()
    learner.start(checkpoint)
    line = learner.replace(path, right[1:], wrong[1:])

    answer = learner.check(checkpoint).partition("\n✗ ")[2]

    place = answer.partition("Look at:  ")[2].split("\n")
    assert came in answer
    lines = (learner.project / path).read_text().split("\n")
    if "\n" in right:
        missing = next(it for it in right.split("\n") if it not in wrong).strip()
        assert f"({checkpoint} has a line before this one: {missing})" in answer
    else:
        assert place[0] == f"mychat/{path}, line {line}"
    assert lines[int(place[0].rpartition(" ")[2]) - 1].strip() == place[1].strip()
    assert f"    Read:     docs/tutorial/{section}\n" in answer
    assert f" behaviors of {checkpoint} are right" in answer


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


def test_a_mistake_that_is_known_has_a_hint(learner: Learner) -> None:
    learner.start("cp1")
    learner.replace("chat/consumers.py", 'groups = ["chat"]', 'groups = "chat"')

    assert "    Hint:     The consumer joins four groups, c, h, a and t, " in (
        learner.check("cp1")
    )


def test_a_missing_step_is_named(
    learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner.start("cp2")
    copy_checkpoint("cp1", learner.project.with_name("cp1"))
    shutil.copy(learner.project.with_name("cp1") / ROUTING, learner.project / ROUTING)
    monkeypatch.chdir(learner.project / "chat")

    output = learner.check()

    assert (
        "The chapter Rooms fits best: of what it changes, 1 of 2 files are as at its "
        "end. Checking against cp2.\n"
    ) in output
    assert (
        "    Look at:  ../chat/routing.py is still as it was at the beginning of the "
        "chapter Rooms\n"
    ) in output


def test_a_file_that_was_never_made_is_missed(
    learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner.start("cp2")
    (learner.project / ROUTING).unlink()
    monkeypatch.chdir(learner.project)

    assert learner.check().endswith(
        """
✗ Your project cannot be imported.
    Problem:  ModuleNotFoundError: No module named 'chat.routing'
    Look at:  config/asgi.py, line 12
              from chat.routing import websocket_urlpatterns  # noqa: E402
              chat/routing.py is missing
    Read:     docs/tutorial/rooms.rst, section "A path with a part that varies"

0 of 15 behaviors of cp2 are right, 15 not tried.
"""
    )


@pytest.fixture
def without_redis_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Python runs is found by its path, and Git by the PATH."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").symlink_to(shutil.which("git") or "")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


@pytest.mark.usefixtures("without_redis_server")
def test_without_a_redis_the_rest_is_tried_and_how_to_get_one_is_said(
    learner: Learner,
) -> None:
    learner.start("cp4")

    output = learner.check("cp4", status=2)

    assert "  – a message crosses servers (not tried: needs a Redis)\n" in output
    assert "  ✓ a program says how to start redis\n" in output
    assert "docker run --rm --publish 6379:6379 redis\n" in output
    assert " behaviors of cp4 are right, 6 not tried.\n" in output


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
    copy_checkpoint("start", tmp_path / "goal")
    tests = tmp_path / "goal" / "chat" / "tests" / "test_console.py"
    tests.write_text("def test_it_is_an_exercise() -> None:\n    pass\n")
    goal = Goal("Exercise 1", tmp_path / "goal", list(load_chapters()[:1]))

    with Trial() as trial:
        assert check_against(goal, learner.project, trial, lambda: False) == 0

    assert capsys.readouterr().out == (
        "  ✓ it is an exercise\n\n1 of 1 behaviors of Exercise 1 are right.\n"
    )


@pytest.mark.parametrize("state", ["missing", "empty"])
def test_a_project_that_is_not_there_is_named(learner: Learner, state: str) -> None:
    if state == "empty":
        learner.project.mkdir()

    with pytest.raises(TutorialError, match=f"mychat/, in which you work, is {state}."):
        learner.check()


@pytest.mark.usefixtures("without_redis_server")
def test_a_redis_elsewhere_stands_in_for_those_that_tests_start(
    learner: Learner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner.start("cp4")
    copy_checkpoint("cp4", tmp_path / "goal")
    tests = tmp_path / "goal" / "chat" / "tests"
    for file in tests.glob("test_*.py"):
        file.unlink()
    (tests / "test_own.py").write_text(REACHES_REDIS)
    goal = Goal("cp4", tmp_path / "goal", list(load_chapters()))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--port", str(port), "--save", "", "--requirepass", "a#b"]
    with subprocess.Popen([REDIS, *options], stdout=subprocess.DEVNULL) as redis:
        url = f"redis://:a%23b@127.0.0.1:{port}"
        monkeypatch.setenv("REDIS_URL", url)
        wait_until(lambda: redis_url() == url, "Redis did not start")
        with Trial() as trial:
            status = check_against(goal, learner.project, trial, lambda: False)
        redis.kill()

    assert status == 0


def test_the_command_prints_any_character_and_may_be_cut_off(learner: Learner) -> None:
    """Also where output that goes to a file or a pipe is not encoded in UTF-8."""
    learner.start("start")
    learner.append("config/urls.py", "print('\\N{CHECK MARK}')")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "cp1252"}
    run = functools.partial(
        subprocess.run,
        [sys.executable, "-c", HERE, "check", "start"],
        cwd=learner.project,
        env=environment,
        stderr=subprocess.PIPE,
    )

    finished = run(stdout=subprocess.PIPE)
    reader, writer = os.pipe()
    os.close(reader)
    cut_off = run(stdout=writer)
    os.close(writer)

    assert "  ✓ the console page answers\n" in finished.stdout.decode()
    assert (finished.returncode, finished.stderr) == (0, b"")
    # Whoever reads only the beginning sees no traceback.
    assert (cut_off.returncode, cut_off.stderr) == (0, b"")
