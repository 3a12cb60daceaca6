"""A tiny project whose suite overlooks something, and one whose suite does not."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from course.dev import mutate
from course.errors import TutorialError

CODE = '''"""Doubles numbers."""

LIMIT = 3


def double(number):
    """Double a small number."""
    # Large ones are refused.
    if number > LIMIT:
        raise ValueError(
            "Choose a smaller one."
        )
    return {
        "double": 2 * number,
        "once": number,
    }
'''
SHORT_CODE = """def double(number):
    return 2 * number
"""
TEST = """from app import double


def test_double():
    assert double(2)["double"] == 4
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The second of two projects. The first has only the limit, and another one."""
    projects = [tmp_path / "before", tmp_path / "after"]
    for project in projects:
        (project / "tests").mkdir(parents=True)
    (projects[0] / "app.py").write_text("LIMIT = 3\n")
    (projects[1] / "app.py").write_text(CODE)
    (projects[1] / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    checkpoints = [SimpleNamespace(name=it.name, folder=it) for it in projects]
    monkeypatch.setattr(mutate, "all_checkpoints", lambda: checkpoints)
    return projects[1]


def test_what_the_suite_overlooks_is_named(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "tests" / "test_app.py").write_text(TEST)

    assert mutate.mutate([]) == 1

    *survivors, total = capsys.readouterr().out.splitlines()
    assert survivors == [
        "after app.py:9-12 is not missed: if number > LIMIT:",
        "after app.py:10-12 is not missed: raise ValueError(",
        'after app.py:15 is not missed: "once": number,',
    ]
    assert total == "after: 75 %, 3 of 12 overlooked"


def test_a_suite_that_notices_everything_has_100_percent(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "app.py").write_text(SHORT_CODE)
    (project / "tests" / "test_app.py").write_text(TEST.replace('["double"]', ""))

    assert mutate.mutate([]) == 0

    assert capsys.readouterr().out == "after: 100 %, 0 of 3 overlooked\n"


def test_a_suite_that_fails_as_it_is_proves_nothing(project: Path) -> None:
    (project / "tests" / "test_app.py").write_text(TEST.replace("4", "5"))

    with pytest.raises(TutorialError, match="Mend after first"):
        mutate.mutate([])
