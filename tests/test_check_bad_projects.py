"""Projects that do harm: each gets a sentence, and none leaves anything running."""

import contextlib
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from course.errors import TutorialError
from tests.conftest import Start
from tests.support.commands import wait_until
from tests.support.learner import URLS, Learner

PRINTS = 'for number in range(200): print("x" * 100_000)'
LEAVES_PROCESSES = """
import subprocess, sys
for is_apart in False, True:
    code = "import time; time.sleep(600)"
    process = subprocess.Popen([sys.executable, "-c", code], start_new_session=is_apart)
    with open({pids!r}, "a") as file:
        print(process.pid, file=file)
"""
HANGS = "Nothing happened for many seconds, so everything was stopped\n"


@pytest.fixture
def learner(learner: Learner) -> Learner:
    learner.start("start")
    return learner


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("urlpatterns = [", "SyntaxError: '[' was never closed\n"),
        ("while True: pass", HANGS),
        ("exit('Enough.')", "SystemExit: Enough.\n"),
        ("import os; os._exit(0)", "Python ended by itself, so everything was stopped"),
        (f"{PRINTS}\nraise ValueError('y' * 1_000_000)", "ValueError: yyy"),
    ],
)
def test_a_project_that_cannot_be_imported(
    learner: Learner, code: str, problem: str
) -> None:
    line = learner.append(URLS, code)

    output = learner.check("start")

    assert f"Your project cannot be imported.\n    Problem:  {problem}" in output
    last = line + code.count("\n")
    assert f"mychat/{URLS}, line {last}\n" in output
    assert output.endswith("0 of 2 behaviors of start are right, 2 not tried.\n")
    # However much it printed.
    assert len(output) < 3000


def test_a_test_that_hangs_is_named(
    learner: Learner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the copy lies in which the tests run."""
    home = tmp_path / "Jörg Müller 日本"
    home.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(home))
    answer = "lambda request: time.sleep(600)"
    line = learner.append(URLS, f"import time\nurlpatterns[0] = path('', {answer})")

    output = learner.check("start")

    assert "  ✗ the console page answers\n" in output
    assert f"Expected: an end\n    Came:     {HANGS}" in output
    assert f"mychat/{URLS}, line {line + 1}\n" in output
    assert answer in output
    assert output.endswith("0 of 2 behaviors of start are right, 1 not tried.\n")


def test_what_makes_pytest_stumble_is_no_error_of_pytest(learner: Learner) -> None:
    learner.append(URLS, "import os, shutil\nshutil.rmtree(os.getcwd())")

    assert "Your project can be imported, but not all of its" in learner.check("start")


def test_a_project_that_forks_and_has_tests_of_its_own_is_told_once(
    learner: Learner,
) -> None:
    learner.append(URLS, "import os\nos.fork()")
    (learner.project / "test_own.py").write_text("def test_it():\n    assert 0\n")

    output = learner.check("start", status=0)

    assert output.count("✓ the console page answers\n") == 1
    assert "2 of 2 behaviors of start are right.\n" in output


def test_a_file_in_the_place_of_a_folder_is_named(learner: Learner) -> None:
    tests = learner.project / "chat" / "tests"
    shutil.rmtree(tests)
    tests.write_text("")

    with pytest.raises(TutorialError, match=r"you have a file where the course has a"):
        learner.check("start")


@pytest.fixture
def pids(learner: Learner) -> Iterator[Path]:
    """A file with the numbers of the processes that the project leaves, if it ran.

    A process that is killed ends when it is its turn, and nobody waits for these.
    """
    pids = learner.project.with_name("pids")
    learner.append(URLS, LEAVES_PROCESSES.format(pids=str(pids)))
    yield pids
    numbers = [int(number) for number in pids.read_text().split()]
    wait_until(lambda: not any(map(is_running, numbers)), "what it started did not end")


def is_running(pid: int) -> bool:
    """Return whether a process still runs; one that has ended may wait to be reaped."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


@pytest.mark.usefixtures("pids")
def test_nothing_is_left_running(learner: Learner) -> None:
    assert "2 of 2 behaviors of start are right.\n" in learner.check("start", status=0)


# The terminal says SIGHUP when it is closed.
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGHUP])
def test_the_terminal_ends_it_with_all_that_it_started(
    learner: Learner, pids: Path, start: Start, how: signal.Signals
) -> None:
    learner.append(URLS, "import time; time.sleep(600)")
    # With nohup, what these tests start would not hear the terminal's end.
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    command = start("check", "start", cwd=learner.project)
    signal.signal(signal.SIGHUP, before)
    wait_until(
        lambda: pids.exists() and len(pids.read_text().split()) == 2,
        "the project was not loaded",
    )

    command.process.send_signal(how)

    assert command.exit_status() == 130
    assert "Traceback" not in command.output
