"""The guide: what it has to contain is there, and a test shows it."""

import re
import subprocess
import sys
from collections import Counter

import pytest

from course.chapters import ROOT, load_chapters
from directives.contents import read_contents, read_marks

DOCS = ROOT / "docs"
EXAMPLES = DOCS / "examples"
TESTS = ROOT / "tests"
TESTS_OF_EXAMPLES = TESTS / "examples"
# What is around the examples, and what they do not show.
AROUND = {"config", "run.py"}

# A page shows these as well, with a slash before the path.
SHOWN = re.compile(r"^\.\. example:: /(\S+)$", re.MULTILINE)
LINKS = re.compile(r":doc:`(?:[^`]*<)?/?([\w/-]+)>?`")

PRINT_MARKS = """
import pytest
class Printer:
    def pytest_collection_finish(self, session):
        for item in session.items:
            for mark in item.iter_markers("covers"):
                for covered in mark.args:
                    print("covers", covered, item.nodeid.partition("[")[0])
pytest.main(["examples", "limits", "--collect-only", "-q"], plugins=[Printer()])
"""


def test_every_test_that_the_table_counts_is_one() -> None:
    collected = subprocess.run(
        [sys.executable, "-c", PRINT_MARKS],
        cwd=TESTS,
        capture_output=True,
        text=True,
    ).stdout

    counted = {
        (covered, f"{file}::{name}")
        for covered, files in read_marks(TESTS).items()
        for file, names in files.items()
        for name in names
    }
    assert counted == set(re.findall(r"^covers (\S+) (\S+)$", collected, re.MULTILINE))


def test_every_id_is_there_once() -> None:
    contents = read_contents(DOCS)

    assert Counter(contents.ids) == Counter(
        [f"G{number}" for number in range(1, 19)]
        + [f"C{number}" for number in range(1, 11)]
    )
    pages = {row.page for row in contents.rows}
    assert {correction.page for correction in contents.corrections} <= pages


def test_every_row_and_correction_has_its_page_and_its_tests() -> None:
    contents = read_contents(DOCS)
    marks = read_marks(TESTS)

    pages = contents.pages
    assert [page for page in pages if not (DOCS / f"{page}.rst").exists()] == []
    assert set(marks) == set(contents.ids)


def files_of_examples() -> list[str]:
    paths = [file.relative_to(EXAMPLES) for file in EXAMPLES.rglob("*.*")]
    return sorted(
        path.as_posix()
        for path in paths
        if path.parts[0] not in AROUND
        and not {"__pycache__", ".mypy_cache"} & set(path.parts)
        and path.suffix != ".sqlite3"
        and path.name != "__init__.py"
    )


def views_in(file: str) -> str:
    """The Python files that may name a template."""
    folder = EXAMPLES / file.partition("/")[0]
    return "".join(view.read_text(encoding="utf-8") for view in folder.glob("*.py"))


@pytest.mark.parametrize("file", files_of_examples())
def test_a_test_at_the_mirrored_path_names(file: str) -> None:
    folder = TESTS_OF_EXAMPLES / file.partition("/")[0]
    tests = "".join(test.read_text(encoding="utf-8") for test in folder.glob("*.py"))
    examples = "".join(
        other.read_text(encoding="utf-8")
        for other in (EXAMPLES / file).parent.glob("*.py")
        if other.name != (EXAMPLES / file).name
    )
    # What an example needs, its settings, models or templates, comes with it.
    imported = re.escape(file.removesuffix(".py").replace("/", "."))
    _, _, template = file.partition("/templates/")
    is_needed = (
        file.endswith("/settings.py")
        or re.search(rf"\b(from|import) {imported}\b", examples)
        or (template and f'"{template}"' in views_in(file))
    )

    _, _, script = file.partition("/static/")
    is_loaded = script and f"/static/{script}" in tests
    _, _, command = file.removesuffix(".py").partition("/management/commands/")
    is_run = command and f'"{command}"' in tests
    # A whole project is tested as one.
    is_of_project = "mysite" in file or file == "setup/manage.py"
    is_tested = is_of_project and '"manage.py", "runserver"' in tests

    assert f'"{file}"' in tests or is_needed or is_loaded or is_run or is_tested


def test_a_test_runs_every_other_file_that_is_shown() -> None:
    pages = "".join(page.read_text() for page in (DOCS / "guide").glob("*.rst"))
    shown = {path.rpartition("/")[2] for path in SHOWN.findall(pages)}
    tests = "".join(test.read_text() for test in (TESTS / "limits").glob("*.py"))

    assert shown
    assert {name for name in shown if f'"{name}"' not in tests} == set()


@pytest.mark.parametrize("page", [chapter.page for chapter in load_chapters()])
def test_every_chapter_leads_to_the_guide(page: str) -> None:
    text = (DOCS / "tutorial" / f"{page}.rst").read_text(encoding="utf-8")

    assert any(link.startswith("guide/") for link in LINKS.findall(text))
