"""The guide: what it has to contain is there, and a test shows it."""

import re
import subprocess
import sys
import tomllib
from collections import Counter

import pytest

from course.chapters import ROOT, load_chapters
from directives.marks import read_marks

pytestmark = pytest.mark.quick

DOCS = ROOT / "docs"
EXAMPLES = DOCS / "examples"
TESTS = ROOT / "tests"
CONTENTS = tomllib.loads((DOCS / "guide" / "contents.toml").read_text("utf-8"))
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


def test_every_subject_and_correction_has_an_id_a_page_and_tests() -> None:
    ids = [item["id"] for kind in CONTENTS.values() for item in kind]

    assert Counter(ids) == Counter(set(ids))
    assert set(read_marks(TESTS)) == set(ids)
    pages = {row["page"] for row in CONTENTS["row"]}
    assert {item["page"] for item in CONTENTS["correction"]} <= pages
    assert {
        page for page in pages if not (DOCS / f"guide/{page}.rst").exists()
    } == set()


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


def texts_in(folder: str) -> str:
    return "".join(file.read_text("utf-8") for file in (ROOT / folder).glob("*.py"))


@pytest.mark.parametrize("file", files_of_examples())
def test_a_test_at_the_mirrored_path_names(file: str) -> None:
    folder = file.partition("/")[0]
    # What needs the proxy is tested with it.
    tests = texts_in(f"tests/examples/{folder}") + texts_in("tests/limits")
    _, _, template = file.partition("/templates/")
    _, _, script = file.partition("/static/")
    _, _, command = file.removesuffix(".py").partition("/management/commands/")
    # What an example needs, its settings, models or templates, comes with it.
    module = re.escape(file.removesuffix(".py").replace("/", "."))
    is_imported = rf"\b(from|import) {module}\b"
    # A whole project is tested as one.
    is_of_project = "mysite" in file or file == "setup/manage.py"

    assert (
        f'"{file}"' in tests
        or file.endswith("/settings.py")
        or re.search(is_imported, texts_in(f"docs/examples/{file.rpartition('/')[0]}"))
        or (template and f'"{template}"' in texts_in(f"docs/examples/{folder}"))
        or (script and f"/static/{script}" in tests)
        or (command and f'"{command}"' in tests)
        or (is_of_project and '"manage.py", "runserver"' in tests)
    )


def test_a_test_runs_every_other_file_that_is_shown() -> None:
    pages = "".join(page.read_text("utf-8") for page in (DOCS / "guide").glob("*.rst"))
    shown = {path.rpartition("/")[2] for path in SHOWN.findall(pages)}

    assert shown
    assert {
        name for name in shown if f'"{name}"' not in texts_in("tests/limits")
    } == set()


@pytest.mark.parametrize("page", [chapter.page for chapter in load_chapters()])
def test_every_chapter_leads_to_the_guide(page: str) -> None:
    text = (DOCS / "tutorial" / f"{page}.rst").read_text(encoding="utf-8")

    assert any(link.startswith("guide/") for link in LINKS.findall(text))
