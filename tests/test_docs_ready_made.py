"""What a chapter gives ready-made is one archive beside its page, always the same."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.support.small_course import build, change, copy_small_course, index_of

LINES = """\
.. ready-made::

   chat/n*.py: something new
   logo.png: a picture
   chat/*: the rest

Steps
-----
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course whose second chapter gives all ready-made but what it removes."""
    course = copy_small_course(tmp_path / "course")
    (course / "checkpoints" / "two" / "logo.png").write_bytes(b"\x89PNG\r\n\0")
    change(course, "tutorial/second", "Steps\n-----\n", LINES)
    for step in "create:: chat/new.py", "edit:: chat/app.py":
        change(course, "tutorial/second", f".. {step}\n", "")
    return course


def test_the_archive_has_the_files_of_the_chapters_end(course: Path) -> None:
    steps = index_of(course)["tutorial/second"]["steps"]

    [step] = [step for step in steps if step["kind"] == "ready-made"]
    assert step["files"] == ["chat/app.py", "chat/new.py", "logo.png"]
    assert step["typed"] == "python -m zipfile -e second.zip .\n"
    archive = course / "docs/_build/out/tutorial/second.zip"
    first = archive.read_bytes()
    with ZipFile(archive) as opened:
        for path in step["files"]:
            file = course / "checkpoints" / "two" / path
            assert opened.read(path) == file.read_bytes()

    assert build(course)[1] == []
    assert archive.read_bytes() == first


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("something new", "", "does not say what the file is for: write 'PATH: WHAT "),
        ("chat/n*.py", "chat/m*.py", "neither creates nor changes chat/m*.py, or a "),
        ("chat/n*.py", "chat/old.py", "neither creates nor changes chat/old.py, or "),
        ("chat/*:", "chat/n*:", "or a line above has it already: correct the path"),
        ("chat/*:", "../*:", "../* is outside the project: write the path relative "),
        ("Steps\n", ".. edit:: chat/app.py\n\nSteps\n", "chat/app.py has a step in "),
        ("Steps\n", ".. ready-made::\n\n   chat/*: all\n\nSteps\n", "A chapter has "),
    ],
)
def test_a_mistake_is_an_error(course: Path, old: str, new: str, says: str) -> None:
    change(course, "tutorial/second", old, new)

    said = build(course)[1]

    assert any("second.rst:" in line and says in line for line in said), said


def test_nothing_runs_over_a_pause(course: Path) -> None:
    change(course, "tutorial/second", ".. stop::\n", ".. pause-here::\n\n.. stop::\n")

    [said] = build(course)[1]

    assert said.endswith(
        "ERROR: What runs in terminal 1 runs on over the pause: add 'stop' before."
    )
