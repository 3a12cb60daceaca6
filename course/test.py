"""`tutorial.py test`: run the suites, each in its own process, and add them up."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from course.chapters import ROOT
from course.projects import environment
from course.suites import Suite, choose_suites
from course.system_packages import require

SLOWEST_SHOWN = 10
SECONDS_FOR_A_SUITE = 30 * 60
SECONDS_TO_STOP = 10
NO_TEST_FOUND = 5


@dataclass
class Result:
    """What became of a suite: of each test, whether it passed, and its seconds.

    `notes` is what tests want to have said, `complaints` what pytest has not said.
    """

    seconds: float = 0
    is_passed: dict[str, bool] = field(default_factory=dict)
    times: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def passed(self) -> int:
        return sum(self.is_passed.values())

    @property
    def failed(self) -> int:
        return len(self.is_passed) - self.passed


def run_tests(names: list[str], is_quick: bool = False, is_all: bool = False) -> int:
    """Run the suites of these names, or all, and return 0 if every test passed.

    Raises TutorialError if a name is unknown or something that the tests need from the
    system is missing.
    """
    suites = choose_suites(names, is_quick, is_all)
    for package in sorted({package for suite in suites for package in suite.needs}):
        require(package)
    console = Console()
    results = {suite.name: run_and_tell(suite, console) for suite in suites}
    console.print(table_of_slowest(results), table_of(results), sep="\n")
    passed = sum(result.passed for result in results.values())
    failed = sum(result.failed for result in results.values())
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def run_and_tell(suite: Suite, console: Console) -> Result:
    console.print(f"{suite.name} ...")
    result = run_suite(suite)
    for sentence in [*result.notes, *result.complaints]:
        console.print(f"{suite.name}: {sentence}", markup=False, soft_wrap=True)
    console.print(
        f"{suite.name}: {result.passed} passed, {result.failed} failed "
        f"in {result.seconds:.1f} s\n"
    )
    return result


def run_suite(suite: Suite, is_over: Callable[[], bool] | None = None) -> Result:
    """Run a suite, until it is over: if not told otherwise, for half an hour at most.

    Only a test that ran and passed counts as passed; a suite that crashed, hung or
    found no test counts as one failure.
    """
    started = time.monotonic()
    deadline = started + SECONDS_FOR_A_SUITE
    is_over = is_over or (lambda: time.monotonic() > deadline)
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary, "results.jsonl")
        status = run_pytest(suite, file, is_over)
        result = read_results(file)
    result.seconds = time.monotonic() - started

    if status is None:
        problem = f"did not end within {SECONDS_FOR_A_SUITE} seconds, and was stopped"
    elif status == NO_TEST_FOUND:
        problem = "has no test"
    elif status and not result.failed:
        problem = f"crashed: pytest ended with exit status {status}"
    else:
        return result
    result.is_passed[suite.name] = False
    result.complaints.append(f"The suite {problem}; this counts as a failure.")
    return result


def run_pytest(suite: Suite, file: Path, is_over: Callable[[], bool]) -> int | None:
    """Return pytest's exit status, or None if it had to be stopped."""
    process = subprocess.Popen(
        [
            *[sys.executable, "-m", "pytest", suite.part, "-m", suite.marks],
            *["-p", "course.results", "--results", str(file)],
            *["--numprocesses", str(suite.workers), "--dist", "worksteal"],
            # What fails is told when it fails, and the rest is in the tables.
            *["-qq", "--no-header", "--no-summary"],
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
    process.wait()


def read_results(file: Path) -> Result:
    """Read what course/results.py has kept: a line for each part of each test."""
    result = Result()
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    for part in map(json.loads, lines):
        name = part["test"]
        if part["is_over"] or not part["passed"]:
            has_passed = result.is_passed.get(name, True)
            result.is_passed[name] = has_passed and part["passed"]
        result.times[name] += part["seconds"]
        result.notes += [f"{about}: {said}" for about, said in part["notes"]]
        if not part["passed"] and not part["failed"]:
            result.complaints.append(
                f"{name} was skipped or is expected to fail; this counts as a failure."
            )
    return result


def table_of(results: dict[str, Result]) -> Table:
    table = Table("suite")
    for title in "passed", "failed", "seconds":
        table.add_column(title, justify="right")
    for name, result in results.items():
        style = "red" if result.failed else None
        counts = [str(result.passed), str(result.failed), f"{result.seconds:.1f}"]
        table.add_row(name, *counts, style=style)
    return table


def table_of_slowest(results: dict[str, Result]) -> Table:
    table = Table("suite", Column("slowest tests", overflow="fold"))
    table.add_column("seconds", justify="right")
    times = {
        (suite, test): seconds
        for suite, result in results.items()
        for test, seconds in result.times.items()
    }
    for (suite, test), seconds in Counter(times).most_common(SLOWEST_SHOWN):
        table.add_row(suite, escape(test), f"{seconds:.1f}")
    return table
