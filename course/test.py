"""`tutorial.py test`: run the suites, each in its own process, and add them up."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from course.chapters import ROOT
from course.child import environment
from course.suites import Suite, choose_suites
from course.system_packages import require

SECONDS_FOR_A_SUITE = 60 * 60
SECONDS_TO_STOP = 10
NO_TEST_FOUND = 5


@dataclass
class Result:
    """How many tests of a suite passed, and which failed; a problem of the suite is
    one that failed.
    """

    passed: int = 0
    failed: list[str] = field(default_factory=list)
    seconds: float = 0


def run_tests(names: list[str], is_quick: bool = False, is_all: bool = False) -> int:
    """Run the suites of these names, or all, and return 0 if every test passed.

    Raises TutorialError if a name is unknown or something that the tests need from the
    system is missing.
    """
    suites = choose_suites(names, is_quick, is_all)
    for package in sorted({package for suite in suites for package in suite.needs}):
        require(package)
    console = Console()
    table = Table("suite", "passed", "failed", "seconds")
    passed, failed = 0, []
    for suite in suites:
        console.print(f"{suite.name} ...")
        result = run_suite(suite)
        counts = [str(result.passed), str(len(result.failed)), f"{result.seconds:.1f}"]
        table.add_row(suite.name, *counts, style="red" if result.failed else None)
        passed += result.passed
        failed += [f"{suite.name}: {name}" for name in result.failed]
    console.print(table)
    for name in failed:
        print(f"failed: {name}")
    print(f"{passed} passed, {len(failed)} failed", flush=True)
    return 1 if failed else 0


def run_suite(suite: Suite, is_over: Callable[[], bool] | None = None) -> Result:
    """Run a suite, until it is over: if not told otherwise, for an hour at most.

    Only a test that ran and passed counts as passed; a suite that crashed, hung or
    found no test counts as one failure.
    """
    started = time.monotonic()
    deadline = started + SECONDS_FOR_A_SUITE
    is_over = is_over or (lambda: time.monotonic() > deadline)
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary, "counts.json")
        status = run_pytest(suite, file, is_over)
        result = Result(**json.loads(file.read_text())) if file.exists() else Result()
    result.seconds = time.monotonic() - started

    problem = ""
    if status is None:
        problem = f"did not end within {SECONDS_FOR_A_SUITE} seconds"
    elif status and not result.failed:
        crashed = f"crashed: pytest ended with exit status {status}"
        problem = "has no test" if status == NO_TEST_FOUND else crashed
    if problem:
        result.failed.append(f"the suite {problem}")
    return result


def run_pytest(suite: Suite, file: Path, is_over: Callable[[], bool]) -> int | None:
    """Return pytest's exit status, or None if it had to be stopped."""
    process = subprocess.Popen(
        [
            *[sys.executable, "-m", "pytest", suite.part, "-m", suite.marks],
            *["-p", "course.results", "--counts", str(file)],
            *["--numprocesses", str(suite.workers), "--dist", "worksteal"],
            *suite.options,
            *["-qq", "-rN", "--no-header", "--disable-warnings", "--durations=5"],
        ],
        cwd=suite.folder,
        env=environment() | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        # A group of its own, so that it can be stopped with all that it started.
        start_new_session=True,
    )
    try:
        while not is_over():
            with contextlib.suppress(subprocess.TimeoutExpired):
                return process.wait(timeout=0.2)
        return None
    finally:
        if process.returncode is None:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
        process.wait()
        return
    # Interrupted, pytest still ends its fixtures and prints where it was.
    process.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(SECONDS_TO_STOP)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    # Not for good: where Ctrl-C has come into a wait(), Popen never unlocks itself.
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(SECONDS_TO_STOP)
