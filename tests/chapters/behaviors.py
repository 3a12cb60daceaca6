"""The tests that a page says turn from ✗ to ✓, run at those places."""

import re

from course.check.behaviors import behaviors_in
from tests.chapters.failures import Failure
from tests.chapters.pages import Step
from tests.chapters.reader import Reader
from tests.chapters.terminal import Typed
from tests.chapters.tree import files_of

# A line of pytest's summary.
RESULT = re.compile(r"^(PASSED|FAILED|ERROR) (\S+?::\w+)", re.MULTILINE)
# A terminal that no page uses.
TERMINAL = 0


def now_passes(reader: Reader, step: Step) -> None:
    """Raises Failure unless all these tests pass."""
    passed, finished = run_tests(reader, step["tests"])
    if missing := [test for test in step["tests"] if test not in passed]:
        raise Failure(
            f"{', '.join(missing)} does not pass here; pytest printed:\n"
            f"{finished.output}"
        )


def require_failing(reader: Reader) -> None:
    """Raises Failure if a test that has just come passes before its step."""
    there = behaviors_in(files_of(reader.computer.folder))
    tests = [
        test
        for step in reader.steps[reader.position :]
        if step["kind"] == "now-passes"
        for test in step["tests"]
        if test in there
    ]
    if tests and (passed := run_tests(reader, tests)[0]):
        raise Failure(
            f"{', '.join(sorted(passed))} passes here already: take it out of the "
            "page's 'now-passes'"
        )


def run_tests(reader: Reader, tests: list[str]) -> tuple[set[str], Typed]:
    """Run tests of the reader's project, and return those all of whose cases pass."""
    # By file and name, since a file that cannot be imported has no test yet.
    files = " ".join(dict.fromkeys(test.partition("::")[0] for test in tests))
    names = " or ".join(test.partition("::")[2] for test in tests)
    finished = reader.computer.terminal(TERMINAL).run(
        "source .venv/bin/activate\n"
        "python -m pytest -q -rfEp --tb=short --continue-on-collection-errors "
        f"-k '{names}' {files}",
        reader.seconds,
    )
    results = RESULT.findall(finished.output)
    failed = {test for result, test in results if result != "PASSED"}
    return {test for _, test in results if test in tests} - failed, finished
