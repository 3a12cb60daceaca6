"""The lists of the page."""

import re

import pytest

from course.chapters import folder_of, load_chapters
from tests.examples.facts import Row, rows_of
from tests.examples.server import (
    EXAMPLES,
)
from tests.examples.troubleshooting.errors import ERRORS

pytestmark = pytest.mark.covers("G16")


PAGE = EXAMPLES.parent / "guide" / "troubleshooting.rst"


def test_the_page_has_them_all_in_the_order_of_the_list() -> None:
    text = PAGE.read_text(encoding="utf-8")

    entries = re.findall(r"^\.\. trouble:: (\S+)$", text, re.MULTILINE)
    assert entries == [row["Name"] for row in ERRORS]
    sections = re.findall(r"^([^\n]+)\n---+$", text, re.MULTILINE)
    places = list(dict.fromkeys(row["Where"] for row in ERRORS))
    assert [title for title in sections if title in places] == places


@pytest.mark.covers("G16")
@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=row["They write"])
        for row in rows_of("troubleshooting/old.csv")
    ],
)
def test_what_older_tutorials_import_is_gone(row: Row) -> None:
    with pytest.raises(ImportError) as gone:
        exec(row["They write"])

    assert f"{type(gone.value).__name__}: {gone.value}".startswith(row["Today"])


@pytest.mark.parametrize(
    ("app", "table"),
    [
        ("system", "troubleshooting/jobs.csv"),
        ("assistants", "troubleshooting/assistant.csv"),
    ],
)
def test_the_sentences_of_a_table_are_those_of_the_project(
    app: str, table: str
) -> None:
    project = folder_of("final") / app
    code = "".join(file.read_text("utf-8") for file in project.rglob("*.py"))
    # A sentence may stand in several strings, or have a number from a name in it.
    said = re.sub(r'"\n\s+f?"', "", code)
    for name, number in re.findall(r"^(MAX_\w+) = (\d+)$", code, re.MULTILINE):
        said = said.replace(f"{{{name}}}", number)

    for row in rows_of(table):
        assert row["It says"] in said


@pytest.mark.covers("G16")
def test_the_close_codes_are_those_of_the_chat() -> None:
    found: dict[str, list[str]] = {}
    for chapter in load_chapters():
        project = folder_of(chapter.ends_at)
        code = "".join(file.read_text("utf-8") for file in project.rglob("*.py"))
        codes = re.compile(r"(?:^CLOSE_\w+ = |\bRefusal\()\s*(\d+)", re.MULTILINE)
        numbers = codes.findall(code)
        for number in sorted(set(numbers)):
            found.setdefault(number, []).append(chapter.ends_at)

    told = {row["Code"]: row["In"] for row in rows_of("troubleshooting/closes.csv")}
    assert told == {
        number: names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
        for number, names in found.items()
    }
