"""Runs the tests of the project in the current folder and says what each one did.

`tutorial.py check` runs this file, by way of ready.py, as a program of its own. What it
says goes into the file that its first argument names, as one JSON object a line:

    found        the behaviors that its test files describe
    loaded       the project could be imported
    broken       it could not, because of this problem
    collected    the behaviors that are tested, each with the number of its cases
    uncollected  behaviors whose tests could not be imported, because of this problem
    started      a case begins
    finished     a case has ended, well or with this problem
    ended        all of it is over

A behavior is a test function, and a case is one set of its parameters.

If it says nothing for as many seconds as its second argument gives, it writes where it
is into a second file, and goes on.
"""

import ast
import configparser
import faulthandler
import functools
import importlib
import json
import linecache
import os
import re
import reprlib
import sys
import traceback
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

PROJECT = Path.cwd().resolve()
MAX_TEXT = 2000
MAX_VALUE = 200
MAX_PARAMETER = 40
OPTIONS = [
    # What a project prints goes to the one who started this program, who bounds it.
    "--capture=no",
    "--continue-on-collection-errors",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:logging",
    "-p",
    "pytest_django.plugin",
    "-p",
    "pytest_asyncio.plugin",
]
# Tests that use it start Redis and several programs, and take most of the time.
MODULE_OF_SLOW_TESTS = "chat.tests.programs"
ANOTHER_CASE_FAILED = "another case of this behavior has failed already"

Problem = dict[str, Any]

short = reprlib.Repr()
short.maxstring = short.maxother = 10 * MAX_VALUE
short.maxdict = short.maxlist = short.maxtuple = 20


class Reporter:
    """A plugin of pytest that writes down what happens."""

    def __init__(self, file: Path, seconds: float) -> None:
        self._stream = file.open("a", buffering=1, encoding="utf-8")
        self._stack = file.with_suffix(".stack").open("wb")
        self._seconds = seconds
        self._comparison: Problem | None = None
        self._problem: Problem | None = None
        self._failed: set[str] = set()

    def say(self, event: str, **more: Any) -> None:
        self._stream.write(json.dumps({"event": event, **more}) + "\n")
        self._stack.truncate(0)
        self._stack.seek(0)
        faulthandler.dump_traceback_later(self._seconds, file=self._stack)

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        # Only the project itself shall print.
        config.pluginmanager.unregister(name="terminalreporter")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=is_slow)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        counts = Counter(behavior_of(item.nodeid) for item in session.items)
        self.say("collected", behaviors=counts)

    def pytest_assertrepr_compare(self, op: str, left: object, right: object) -> None:
        self._comparison = {
            "operator": op,
            "left": value_of(left),
            "right": value_of(right),
        }

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self._comparison = None
        if behavior_of(item.nodeid) in self._failed:
            pytest.skip(ANOTHER_CASE_FAILED)
        self.say("started", behavior=behavior_of(item.nodeid), case=case_of(item))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        outcome = yield
        # Whoever has something to correct shall not wait for the rest.
        if self._failed and nextitem and is_slow(nextitem):
            item.session.shouldstop = "there is enough to say"
        return outcome

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        behavior = behavior_of(item.nodeid)
        if report.failed or (report.skipped and behavior not in self._failed):
            assert call.excinfo is not None
            self._failed.add(behavior)
            self._problem = self._problem or self.problem_with(item, call.excinfo.value)
        if call.when == "teardown":
            self.say("finished", behavior=behavior, problem=self._problem)
            self._problem = None
        return report

    def problem_with(self, item: pytest.Item, error: BaseException) -> Problem:
        is_assertion = isinstance(error, AssertionError)
        return problem_of(error) | {
            "case": case_of(item),
            "comparison": self._comparison if is_assertion else None,
        }

    def pytest_exception_interact(
        self,
        node: pytest.Item | pytest.Collector,
        call: pytest.CallInfo[object],
    ) -> None:
        if isinstance(node, pytest.Collector) and call.excinfo:
            self.say(
                "uncollected",
                behaviors=behaviors_below(node.path),
                problem=problem_of(cause_of(call.excinfo.value)),
            )


def is_slow(item: pytest.Item) -> bool:
    return MODULE_OF_SLOW_TESTS in source_of(item.path)


@functools.cache
def source_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def behavior_of(nodeid: str) -> str:
    return nodeid.partition("[")[0]


def case_of(item: pytest.Item) -> str:
    """Return the parameters of a case in words, "" if it has none."""
    callspec = getattr(item, "callspec", None)
    parameters = callspec.params if callspec else {}
    return ", ".join(
        f"{name} = {value_of(value, MAX_PARAMETER)}"
        for name, value in parameters.items()
    )


def value_of(value: object, length: int = MAX_VALUE) -> str:
    text = short.repr(value)
    return text if len(text) <= length else text[: length - 1] + "…"


def behaviors_below(path: Path) -> list[str]:
    """Return the behaviors that the test files in a folder, or one file, describe."""
    files = sorted(path.rglob("test_*.py")) if path.is_dir() else [path]
    return [
        f"{file.relative_to(PROJECT).as_posix()}::{node.name}"
        for file in files
        for node in ast.parse(file.read_bytes()).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    ]


def cause_of(error: BaseException) -> BaseException:
    """Return the error behind the one in which pytest wraps it."""
    own = (pytest.Collector.CollectError, pytest.UsageError)
    while isinstance(error, own) or type(error).__name__ == "ConftestImportFailure":
        cause = getattr(error, "cause", None) or error.__cause__
        if cause is None:
            break
        error = cause
    return error


def problem_of(error: BaseException) -> Problem:
    """Return what an error says, and which lines of the project led to it."""
    problem: Problem = {
        "type": type(error).__name__,
        "message": str(error)[:MAX_TEXT],
        "module": getattr(error, "name", None)
        if isinstance(error, ImportError)
        else None,
        "frames": list(frames_of(error.__traceback__)),
    }
    if isinstance(error, SyntaxError) and error.filename:
        problem["message"] = error.msg
        problem["frames"] += frame(error.filename, error.lineno or 1)
    return problem


def frames_of(trace: TracebackType | None) -> Iterator[dict[str, Any]]:
    for step, line in traceback.walk_tb(trace):
        for known in frame(step.f_code.co_filename, line):
            yield known | {"values": values_in(known["code"], step.f_locals)}


def frame(filename: str, line: int) -> list[dict[str, Any]]:
    """Return a line of the project, or nothing if it is somebody else's."""
    file = Path(filename).resolve()
    if filename.startswith("<") or not file.is_relative_to(PROJECT):
        return []
    path = file.relative_to(PROJECT).as_posix()
    code = linecache.getline(str(file), line).strip()
    return [{"path": path, "line": line, "code": code[:MAX_VALUE]}]


def values_in(code: str, names: dict[str, Any]) -> dict[str, str]:
    """Return the plain values that a line of code has names for."""
    plain = (str, bytes, int, float, dict, list, tuple)
    return {
        name: value_of(names[name])
        for name in dict.fromkeys(re.findall(r"\w+", code))
        if isinstance(names.get(name), plain)
    }


def load() -> None:
    """Import the project as a server does: its settings, its apps, its paths."""
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(PROJECT / "pytest.ini", encoding="utf-8")
    os.environ["DJANGO_SETTINGS_MODULE"] = settings["pytest"]["DJANGO_SETTINGS_MODULE"]
    importlib.import_module("config.settings")

    import django

    django.setup()
    importlib.import_module("config.urls")
    if (PROJECT / "config" / "asgi.py").exists():
        importlib.import_module("config.asgi")


def main(file: Path, seconds: float, folder_for_tests: str) -> int:
    sys.path.insert(0, str(PROJECT))
    reporter = Reporter(file, seconds)
    reporter.say("found", behaviors=behaviors_below(PROJECT / "chat" / "tests"))
    try:
        load()
    # A project may even call exit() while it is being imported.
    except BaseException as error:
        reporter.say("broken", problem=problem_of(error))
        return 1
    reporter.say("loaded")
    # Plugins of other packages would only take time.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    status = pytest.main(
        [*OPTIONS, "--rootdir=.", f"--basetemp={folder_for_tests}"], plugins=[reporter]
    )
    reporter.say("ended", status=int(status))
    return int(status)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3]))
