"""`tutorial.py test`: run the suites, each in its own process, and add them up."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from rich.console import Console
from rich.table import Table

from course.chapters import ROOT, all_checkpoints, find_checkpoint
from course.errors import TutorialError
from course.git import require_clone
from course.projects import environment
from course.source import has_finished_project
from course.system_packages import (
    require_browser,
    require_nginx,
    require_npm,
    require_redis,
)

# The tests of the course itself: those in tests/, and some of its folders, each a suite
# of its own.
COURSE_TESTS = "tests"
PARTS_OF_COURSE_TESTS = ["browser", "examples", "faults", "limits"]
SECONDS_FOR_A_SUITE = 50 * 60
SECONDS_TO_STOP = 10
NO_TEST_FOUND = 5
PROBLEMS = {"failure", "error", "skipped"}


@dataclass(frozen=True)
class Suite:
    """Tests that run together: those in `part` of the folder they run in."""

    name: str
    folder: Path
    part: str = "."
    needs_redis: bool = False
    needs_nginx: bool = False
    needs_browser: bool = False
    needs_npm: bool = False


@dataclass
class Result:
    """What became of a suite.

    `complaints` says why what did not pass did not; `notes` is what the suite itself
    wants to have said.
    """

    seconds: float
    passed: int = 0
    failed: int = 0
    slowest: str = ""
    complaints: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    output: str = ""


def test(names: list[str]) -> int:
    """Run the suites of these names, or all, and return 0 if every test passed.

    Raises TutorialError if a name is unknown or something that the tests need from the
    system is missing.
    """
    suites = [find_suite(name) for name in names] or all_suites()
    if not names and is_at_another_checkpoint():
        suites = [suite for suite in suites if suite.folder != ROOT / "tests"]
        print(
            "The commit you are on does not have the finished project, so the tests of "
            "the course itself are left out; they are for main."
        )
    if any(suite.needs_redis for suite in suites):
        require_redis()
    if any(suite.needs_nginx for suite in suites):
        require_nginx()
    if any(suite.needs_browser for suite in suites):
        require_browser()
    if any(suite.needs_npm for suite in suites):
        require_npm()

    console = Console()
    results = {suite.name: run_and_tell(suite, console) for suite in suites}
    console.print(table_of(results))
    passed = sum(result.passed for result in results.values())
    failed = sum(result.failed for result in results.values())
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def all_suites() -> list[Suite]:
    return [find_suite(name) for name in names_of_suites()]


def names_of_suites() -> list[str]:
    return [
        *(it.name for it in all_checkpoints()),
        COURSE_TESTS,
        *PARTS_OF_COURSE_TESTS,
    ]


def is_at_another_checkpoint() -> bool:
    """Return whether HEAD has another project in the finished project's folder."""
    try:
        require_clone()
    except TutorialError:
        return False
    return not has_finished_project()


def find_suite(name: str) -> Suite:
    if name in [COURSE_TESTS, *PARTS_OF_COURSE_TESTS]:
        part = "." if name == COURSE_TESTS else name
        return Suite(
            name,
            ROOT / "tests",
            part,
            needs_redis=True,
            needs_nginx=name == "limits",
            needs_browser=True,
            needs_npm=name == "browser",
        )
    if name not in names_of_suites():
        raise TutorialError(
            f"There is no suite {name!r}; choose one or more of "
            f"{', '.join(names_of_suites())}."
        )
    checkpoint = find_checkpoint(name)
    return Suite(
        name, checkpoint.folder, needs_redis="channels-redis" in checkpoint.packages
    )


def run_and_tell(suite: Suite, console: Console) -> Result:
    if not console.is_terminal:
        console.print(f"{suite.name} ...")
    with console.status(suite.name) as status:
        result = run_suite(
            suite, lambda progress: status.update(f"{suite.name}  {progress}")
        )
    if result.failed:
        console.out(result.output, highlight=False)
    for sentence in [*result.notes, *result.complaints]:
        console.print(f"{suite.name}: {sentence}", markup=False, soft_wrap=True)
    console.print(
        f"{suite.name}: {result.passed} passed, {result.failed} failed "
        f"in {result.seconds:.1f} s"
    )
    return result


def run_suite(
    suite: Suite,
    show_progress: Callable[[str], object] = lambda progress: None,
    seconds: float = SECONDS_FOR_A_SUITE,
) -> Result:
    """Run a suite, but not for longer than this many seconds, and read its report.

    Only a test that ran and passed counts as passed; a suite that crashed, hung or
    found no test counts as one failure. `show_progress` gets the last line of pytest's
    output as it grows.
    """
    with tempfile.TemporaryDirectory() as temporary:
        report = Path(temporary, "report.xml")
        output = Path(temporary, "output.txt")
        started = time.monotonic()
        status = run_pytest(
            suite, report, output, show_progress, deadline=started + seconds
        )
        result = Result(time.monotonic() - started)
        result.output = output.read_text(encoding="utf-8", errors="replace")
        if report.exists():
            read_report(report, result)

    if status is None:
        problem = f"did not end within {seconds:.0f} seconds, so it was stopped"
    elif status == NO_TEST_FOUND:
        problem = "has no test"
    elif status and not result.failed:
        problem = f"crashed: pytest ended with exit status {status}"
    else:
        return result
    result.failed += 1
    result.complaints.append(f"The suite {problem}; this counts as a failure.")
    return result


def run_pytest(
    suite: Suite,
    report: Path,
    output: Path,
    show_progress: Callable[[str], object],
    deadline: float,
) -> int | None:
    """Return pytest's exit status, or None if it had to be stopped at the deadline."""
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", suite.part, f"--junitxml={report}"],
            cwd=suite.folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # A group of its own, so that it can be stopped with all that it started.
            start_new_session=True,
        )
    try:
        while time.monotonic() < deadline:
            try:
                return process.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                show_progress(last_line(output))
        return None
    finally:
        if process.returncode is None:
            stop(process)


def last_line(output: Path) -> str:
    lines = output.read_text(encoding="utf-8", errors="replace").splitlines()
    return lines[-1].strip(" =") if lines else ""


def stop(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
        process.wait()
        return
    # Interrupted, pytest still ends its fixtures and prints where it was.
    process.send_signal(signal.SIGINT)
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def read_report(report: Path, result: Result) -> None:
    """Add a JUnit report's counts, slowest test and notes to the result."""
    slowest = 0.0
    outcomes: dict[str, bool] = {}
    tree = ElementTree.parse(report)
    for note in tree.iterfind("testsuite/properties/property"):
        # Hypothesis leaves its statistics there, which are for programs.
        if not str(note.get("name")).startswith("hypothesis-"):
            result.notes.append(f"{note.get('name')}: {note.get('value')}")
    for case in tree.iter("testcase"):
        if case.get("name") is None:
            continue  # A test that was running when the suite was stopped.
        name = f"{case.get('classname')}.{case.get('name')}"
        problem = next((child for child in case if child.tag in PROBLEMS), None)
        # A test has two entries if its body and its teardown failed.
        outcomes[name] = outcomes.get(name, True) and problem is None
        if problem is not None and problem.tag == "skipped":
            result.complaints.append(
                f"{name} was skipped or is expected to fail; this counts as a failure."
            )
        taken = float(case.get("time", 0))
        if taken >= slowest:
            slowest = taken
            result.slowest = f"{case.get('name')}, {taken:.2f} s"
    result.passed = sum(outcomes.values())
    result.failed = len(outcomes) - result.passed


def table_of(results: dict[str, Result]) -> Table:
    table = Table("suite")
    for title in "passed", "failed", "seconds":
        table.add_column(title, justify="right")
    table.add_column("slowest test", overflow="fold")
    for name, result in results.items():
        table.add_row(
            name,
            str(result.passed),
            str(result.failed),
            f"{result.seconds:.1f}",
            result.slowest,
            style="red" if result.failed else None,
        )
    return table
