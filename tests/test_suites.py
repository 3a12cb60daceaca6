"""Which tests a run chooses, and what they need."""

import pytest

from course.chapters import all_checkpoints
from course.suites import COURSE_SUITES, choose_suites

pytestmark = pytest.mark.quick

CHECKPOINTS = [checkpoint.name for checkpoint in all_checkpoints()]


def needing(package: str, **options: bool) -> list[str]:
    suites = choose_suites([*CHECKPOINTS, *COURSE_SUITES], **options)
    return [suite.name for suite in suites if package in suite.needs]


def test_a_run_has_every_suite_once_and_what_measures_time_comes_last() -> None:
    suites = choose_suites([])

    assert [suite.name for suite in suites] == [*CHECKPOINTS, *COURSE_SUITES]
    assert (suites[-1].name, suites[-1].workers) == ("limits", 0)
    assert {suite.marks for suite in suites} == {"not slow"}


def test_all_leaves_nothing_out() -> None:
    suites = choose_suites([], is_all=True)

    assert [suite.name for suite in suites] == [*CHECKPOINTS, *COURSE_SUITES]
    assert {suite.marks for suite in suites} == {""}


def test_a_quick_run_has_the_first_checkpoints_and_the_course_s_quick_tests() -> None:
    marks = {suite.name: suite.marks for suite in choose_suites([], is_quick=True)}

    assert [*marks] == ["start", "cp0", "cp1", "cp2", "cp3", "final", "tests"]
    assert (marks["cp0"], marks["tests"]) == ("not slow", "quick and not slow")


def test_only_the_chapters_from_redis_on_need_it() -> None:
    assert needing("redis-server")[0] == "cp4"


def test_only_the_tests_of_the_course_need_a_browser() -> None:
    assert needing("chromium") == COURSE_SUITES


def test_only_the_tests_of_the_limits_need_nginx() -> None:
    assert needing("nginx") == ["limits"]


def test_only_a_run_of_all_needs_npm() -> None:
    assert needing("npm") == []
    assert needing("npm", is_all=True) == ["browser"]
