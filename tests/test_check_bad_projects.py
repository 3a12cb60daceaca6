"""Projects that do harm: each gets a sentence, and none leaves anything running."""

import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.clones import Clone
from tests.support.commands import wait_until
from tests.test_check import check, put

FAST_LIMIT = 4
URLS = "config/urls.py"
PRINTS = 'for number in range(200): print("x" * 100_000)'
LEAVES_PROCESSES = """
import subprocess, sys
for is_apart in False, True:
    code = "import time; time.sleep(600)"
    process = subprocess.Popen([sys.executable, "-c", code], start_new_session=is_apart)
    with open({pids!r}, "a") as file:
        print(process.pid, file=file)
"""


@pytest.fixture
def learner(clone: Clone) -> Clone:
    """A learner at the beginning, who waits for a hanging project for a few seconds."""
    put(clone, "start")
    module = clone.folder / "course" / "check.py"
    limit = "SECONDS_WITHOUT_A_SIGN = "
    text = module.read_text()
    assert f"\n{limit}15\n" in text
    module.write_text(text.replace(f"{limit}15", f"{limit}{FAST_LIMIT}"))
    return clone


def append(clone: Clone, path: str, code: str) -> int:
    """Add code to a file of the learner's, and return the number of its line."""
    file = clone.project / path
    text = file.read_text()
    file.write_text(f"{text}{code}\n")
    return text.count("\n") + 1


def test_a_missing_project_is_named(learner: Clone) -> None:
    shutil.rmtree(learner.project)

    assert "chanx_django/, in which you work, is missing." in learner.refusal("check")


def test_an_empty_project_is_named(learner: Clone) -> None:
    shutil.rmtree(learner.project)
    learner.project.mkdir()

    assert "chanx_django/, in which you work, is empty." in learner.refusal("check")


def test_an_unknown_checkpoint_is_refused(learner: Clone) -> None:
    refusal = learner.refusal("check", "cp9")

    assert refusal.startswith("There is no checkpoint 'cp9'; choose one of start, cp0,")


def test_without_redis_the_command_that_installs_it_is_named(learner: Clone) -> None:
    finished = learner.try_to_run("check", "cp4", PATH=str(Path(sys.executable).parent))

    assert finished.returncode == 1
    assert finished.stderr.startswith("These tests start redis-server.")


def test_a_syntax_error_is_shown_where_it_is(learner: Clone) -> None:
    line = append(learner, URLS, "urlpatterns = [")

    assert check(learner).endswith(
        f"""
✗ Your project cannot be imported.
    Problem:  SyntaxError: '[' was never closed
    Look at:  chanx_django/config/urls.py, line {line}
              urlpatterns = [
    Read:     docs/tutorial/prerequisites.rst, section "The paths"

0 of 2 behaviors of start are right, 2 not tried.
"""
    )


def test_an_import_that_hangs_is_stopped_where_it_is(learner: Clone) -> None:
    line = append(learner, URLS, "while True: pass")

    output = check(learner, "start")

    assert f"nothing for {FAST_LIMIT} seconds, so everything was stopped\n" in output
    assert f"chanx_django/config/urls.py, line {line}\n" in output
    assert "while True: pass\n" in output


def test_a_test_that_hangs_is_named(learner: Clone) -> None:
    append(
        learner,
        URLS,
        "import time\nurlpatterns[0] = path('', lambda request: time.sleep(600))",
    )

    output = check(learner, "start")

    assert "  ✗ the console page answers\n" in output
    assert "Expected: an end\n" in output
    assert "lambda request: time.sleep(600)" in output
    assert output.endswith("0 of 2 behaviors of start are right, 1 not tried.\n")


def test_a_project_that_ends_python_is_no_success(learner: Clone) -> None:
    line = append(learner, URLS, "import os; os._exit(0)")

    output = check(learner, "start")

    assert "Problem:  Python ended by itself, so everything was stopped\n" in output
    assert f"chanx_django/config/urls.py, line {line}\n" in output


def test_megabytes_of_output_are_cut_short(learner: Clone) -> None:
    append(learner, URLS, f"{PRINTS}\nraise ValueError('y' * 1_000_000)")

    output = check(learner, "start")

    assert "Problem:  ValueError: yyy" in output
    assert "The last that your project printed:\n    xxx" in output
    assert len(output) < 2000


def test_nothing_is_left_running(learner: Clone, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    append(learner, URLS, LEAVES_PROCESSES.format(pids=str(pids)))

    output = learner.run("check", "start")

    assert "2 of 2 behaviors of start are right.\n" in output
    wait_until_all_ended(pids)


def wait_until_all_ended(pids: Path) -> None:
    """A process that is killed ends when it is its turn, and nobody waits for these."""
    wait_until(
        lambda: not any(is_running(int(pid)) for pid in pids.read_text().split()),
        "what it started did not end",
    )


def is_running(pid: int) -> bool:
    """Return whether a process still runs; one that has ended may wait to be reaped."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def heed_the_terminal() -> Iterator[None]:
    """With nohup, these tests and what they start would not hear the terminal's end."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


# The terminal says SIGHUP when it is closed.
@pytest.mark.usefixtures("heed_the_terminal")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGHUP])
def test_the_terminal_ends_it_with_all_that_it_started(
    learner: Clone, tmp_path: Path, how: signal.Signals
) -> None:
    pids = tmp_path / "pids"
    code = LEAVES_PROCESSES.format(pids=str(pids))
    append(learner, URLS, f"{code}\nimport time; time.sleep(600)")
    command = learner.start("check", "start")
    wait_until(
        lambda: pids.exists() and len(pids.read_text().split()) == 2,
        "the project was not loaded",
    )

    command.send_signal(how)

    assert command.wait(timeout=60) == 130
    wait_until_all_ended(pids)
