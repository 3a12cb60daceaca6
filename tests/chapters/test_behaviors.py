"""What a page says of its tests is so: at first they fail, and later they pass."""

from pathlib import Path

import pytest

from course.chapters import ROOT
from tests.chapters.behaviors import now_passes, require_failing
from tests.chapters.computer import Computer
from tests.chapters.failures import Failure
from tests.chapters.pages import Page, Step
from tests.chapters.reader import Reader

ONE = Path(__file__).with_name("tiny_course") / "checkpoints" / "one"
TESTS = """\
import pytest

@pytest.mark.parametrize("number", [1, 2])
def test_small(number): assert number < 3

@pytest.mark.parametrize("number", [1, 2])
def test_tiny(number): assert number < 2
"""
SMALL, TINY = "test_one.py::test_small", "test_one.py::test_tiny"
NEW = "test_new.py::test_new"


@pytest.fixture
def reader(computer: Computer) -> Reader:
    computer.start_at(ONE)
    (computer.folder / "test_one.py").write_text(TESTS)
    (computer.folder / "test_new.py").write_text(
        "import not_yet\n\ndef test_new(): ...\n"
    )
    return Reader(Page(ROOT, "page.rst", []), computer)


def step(*tests: str) -> Step:
    return {"kind": "now-passes", "tests": list(tests)}


def test_a_test_passes_with_all_of_its_cases(reader: Reader) -> None:
    now_passes(reader, step(SMALL))

    with pytest.raises(Failure, match=f"{TINY}, {NEW} does not pass here") as raised:
        now_passes(reader, step(SMALL, TINY, NEW))
    assert "ModuleNotFoundError: No module named 'not_yet'" in str(raised.value)


def test_a_test_fails_before_its_step(reader: Reader) -> None:
    # The reader writes the last one later.
    reader.steps = [step(TINY), step(NEW, "test_own.py::test_later")]
    require_failing(reader)

    reader.steps.append(step(SMALL))
    with pytest.raises(Failure, match=f"^{SMALL} passes here already"):
        require_failing(reader)

    reader.position = 3
    require_failing(reader)
