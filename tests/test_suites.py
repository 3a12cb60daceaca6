"""Which tests a run chooses, and what they need."""

import pytest

from course.chapters import all_checkpoints
from course.suites import COURSE_SUITES, choose_suites

pytestmark = pytest.mark.quick

CHECKPOINTS = [checkpoint.name for checkpoint in all_checkpoints()]


def needing(package: str, **options: bool) -> list[str]:
    suites = choose_suites([*CHECKPOINTS, *COURSE_SUITES], **options)
    return [suite.name for suite in suites if package in suite.needs]


@pytest.mark.parametrize(("is_all", "marks"), [(False, "not slow"), (True, "")])
def test_a_run_has_every_suite_once_and_what_measures_time_comes_last(
    is_all: bool, marks: str
) -> None:
    suites = choose_suites([], is_all=is_all)

    assert [suite.name for suite in suites] == COURSE_SUITES
    assert (suites[-1].name, suites[-1].workers) == ("timed", 0)
    *others, limits, timed = [suite.marks for suite in suites]
    assert {*others, limits.removeprefix("not timed").removeprefix(" and ")} == {marks}
    assert limits == f"not {timed}"


def test_a_quick_run_has_the_first_checkpoints_and_the_course_s_quick_tests() -> None:
    marks = {suite.name: suite.marks for suite in choose_suites([], is_quick=True)}

    assert [*marks] == ["start", "cp0", "cp1", "cp2", "cp3", "final", "tests"]
    assert (marks["cp0"], marks["tests"]) == ("not slow", "quick and not slow")


def test_what_only_some_need_only_they_ask_for() -> None:
    assert needing("redis-server")[0] == "cp4"
    assert needing("chromium") == COURSE_SUITES
    assert sorted(needing("nginx")) == ["examples", "limits", "timed"]
    for package in ("postgresql", "apache2-bin", "caddy"):
        assert needing(package) == ["examples"]
    assert needing("npm") == []
    assert needing("npm", is_all=True) == ["examples", "browser"]
