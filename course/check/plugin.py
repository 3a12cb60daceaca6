"""A plugin of pytest that says, one JSON object a line, what each behavior does.

    loading    the project is about to be imported
    loaded     that went well
    broken     it did not, or one of the tests' files cannot be imported: this problem
    started    a case of a behavior begins
    concluded  a behavior is right, or has this problem
    untried    a behavior needs a Redis, and there is none
    hangs      nothing happens any more, at these lines

A behavior is a test function, and a case is one set of its parameters. Each event tells
how many seconds may pass until the next one.
"""

import inspect
import json
import sys
import threading
import time
import traceback
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from course.check.problems import Problem, frames_of, problem_of, value_of

MAX_PARAMETER = 40
# Whoever has something to correct shall not wait for long for what else is wrong.
SECONDS_AFTER_A_PROBLEM = 3
ENOUGH = "there is enough to say"
# Tests that talk over Redis start several programs, and wait for hundreds of clients.
SECONDS_WITH_PROGRAMS = 90


class Reporter:
    """Writes the events to a file."""

    def __init__(self, file: Path, patience: float, has_redis: bool) -> None:
        self.project = Path.cwd()
        self._stream = file.open("a", buffering=1, encoding="utf-8")
        self._patience = patience
        self._has_redis = has_redis
        self._watch = threading.Timer(0, self._say_where)
        self._comparison: Problem | None = None
        self._problem: Problem | None = None
        self._failed: set[str] = set()
        self._stops_at = float("inf")

    def say(self, event: str, patience: float = 0, **more: Any) -> None:
        self._watch.cancel()
        more |= {"event": event, "patience": patience or self._patience}
        self._stream.write(json.dumps(more) + "\n")
        self._watch = threading.Timer(more["patience"], self._say_where)
        self._watch.daemon = True
        self._watch.start()

    def _say_where(self) -> None:
        main = sys._current_frames()[threading.main_thread().ident or 0]
        frames = frames_of(traceback.walk_stack(main), self.project)
        self.say("hangs", frames=frames[::-1])

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        # Only the project itself shall print.
        config.pluginmanager.unregister(name="terminalreporter")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        untried = [it for it in items if not self._has_redis and needs_redis(it)]
        for behavior in dict.fromkeys(map(behavior_of, untried)):
            self.say("untried", behavior=behavior)
        items[:] = [item for item in items if item not in untried]
        items.sort(key=self._is_slow)

    def pytest_assertrepr_compare(self, op: str, left: object, right: object) -> None:
        self._comparison = {
            "operator": op,
            "left": value_of(left),
            "right": value_of(right),
        }

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        behavior = behavior_of(item)
        self._comparison = self._problem = None
        patience = self._patience * (3 if self._is_slow(item) else 1)
        if uses_programs(item):
            patience = SECONDS_WITH_PROGRAMS
        self.say("started", patience, behavior=behavior, case=case_of(item))
        outcome = yield
        is_last = nextitem is None or behavior_of(nextitem) != behavior
        if self._problem or (is_last and behavior not in self._failed):
            self.say("concluded", behavior=behavior, problem=self._problem)
        if self._problem:
            self._failed.add(behavior)
            now = time.monotonic()
            self._stops_at = min(self._stops_at, now + SECONDS_AFTER_A_PROBLEM)
        is_slow = nextitem is not None and self._is_slow(nextitem)
        if self._failed and (is_slow or time.monotonic() > self._stops_at):
            item.session.shouldstop = ENOUGH
        return outcome

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if behavior_of(item) in self._failed:
            pytest.skip("another case of this behavior has failed already")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if call.excinfo and not self._problem and behavior_of(item) not in self._failed:
            error = call.excinfo.value
            is_assertion = isinstance(error, AssertionError)
            self._problem = problem_of(error, self.project) | {
                "case": case_of(item),
                "comparison": self._comparison if is_assertion else None,
            }
        return report

    def pytest_exception_interact(
        self, node: object, call: pytest.CallInfo[object]
    ) -> None:
        if isinstance(node, pytest.Collector) and call.excinfo:
            self.pytest_internalerror(call.excinfo)

    def pytest_internalerror(
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> bool:
        """Tell it as any other problem; pytest itself does not print it then."""
        self.say("broken", problem=problem_of(excinfo.value, self.project))
        return True

    def _is_slow(self, item: pytest.Item) -> bool:
        """Return whether a test starts programs, itself or in a shared fixture."""
        return uses_programs(item) or any(
            fixture.scope in {"session", "module"}
            and inspect.getfile(fixture.func).startswith(str(self.project))
            for fixture in fixtures_of(item)
        )


def behavior_of(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def case_of(item: pytest.Item) -> str:
    """Return the parameters of a case in words, "" if it has none."""
    callspec = getattr(item, "callspec", None)
    parameters = callspec.params.items() if callspec else ()
    return ", ".join(
        f"{name} = {value_of(value, MAX_PARAMETER)}" for name, value in parameters
    )


def fixtures_of(item: pytest.Item) -> list[pytest.FixtureDef[Any]]:
    definitions = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    return [overriding[-1] for overriding in definitions.values()]


def uses_programs(item: pytest.Item) -> bool:
    return "chat.tests.programs" in item.path.read_text(encoding="utf-8")


def needs_redis(item: pytest.Item) -> bool:
    """Return whether a test starts a Redis, itself or in a fixture."""
    functions = [
        getattr(item, "function", None),
        *(it.func for it in fixtures_of(item)),
    ]
    return any("run_redis" in inspect.getsource(it) for it in functions if it)
