"""A mistake on a page of the guide is an error with its line; a right page is none."""

from pathlib import Path

import pytest
from docutils import nodes

from directives.nodes import drawing, example
from tests.test_docs_directives import build, line_of, make_course

COVERAGE = "guide/coverage"

CONTENTS = """
[[row]]
id = "G1"
page = "one"
about = "the first things"

[[row]]
id = "G2"
page = "two"
about = "the second things"

[[correction]]
id = "C1"
page = "one"
claim = "It is green."
fact = "It is red."
"""

PAGE = """
Page one
========

What it is
----------

See :doc:`/tutorial/first`.

When you need it
----------------

.. i-want-to::

   greet somebody
   greet everybody

The smallest example
--------------------

.. example:: one/greet.py

.. example:: one/greet.py
   :object: Greeter.greet

.. drawing:: one-way.svg
   :alt: A line, from "left" to right.

.. example:: /deploy/proxy.yml

It took :measured:`wait.seconds` s for :measured:`wait.clients` clients.

.. trouble-list::

.. trouble:: no-greeting
   :cause: Nobody says *anything*,
      not even that.
   :cure: Say something.

Pitfalls
--------

Bad input
---------

Read next
---------

See :doc:`index`.
""".lstrip()

ERRORS = """
Name,Where,Text
no-greeting,In the log,"Error: nobody says '…', at all"
""".lstrip()

INDEX = """
Guide
=====

.. guide-list::

.. task-index::

.. corrections::

.. toctree::

   coverage
""".lstrip()

FILES = {
    "docs/guide/contents.toml": CONTENTS,
    "docs/guide/index.rst": INDEX,
    "docs/guide/coverage.rst": "Coverage\n========\n\n.. coverage::\n",
    "docs/guide/one.rst": PAGE,
    "docs/examples/troubleshooting/errors.csv": ERRORS,
    "deploy/proxy.yml": "port: 80\n",
    "docs/measured/limits.json": '{"wait.seconds": 0.5, "wait.clients": 2000}',
    "docs/guide/one-way.svg": '<svg width="9" height="9"><path d="M0 0h9"/></svg>\n',
    "docs/examples/one/greet.py": """
class Greeter:
    def greet(self):
        return "Hello"
""",
    "tests/examples/one/test_greet.py": """
import pytest

pytestmark = pytest.mark.covers("G1")


def test_a():
    ...


@pytest.mark.covers("C1")
def test_b():
    ...
""",
}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with a guide that has one of its two pages, which is right."""
    make_course(tmp_path)
    for path, text in FILES.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    index = tmp_path / "docs" / "index.rst"
    index.write_text(f"{index.read_text()}\n.. toctree::\n\n   guide/index\n")
    return tmp_path


def change(course: Path, old: str, new: str, path: str = "guide/one.rst") -> str:
    """Put other words into a page, and return all of it."""
    file = course / "docs" / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    return text


def test_a_right_guide_is_no_error(course: Path) -> None:
    assert build(course)[1] == []


def test_an_example_is_shown_whole_or_in_part(course: Path) -> None:
    whole, part, other = (
        node.astext() for node in doctree(course, "guide/one").findall(example)
    )

    text = FILES["docs/examples/one/greet.py"]
    assert whole == f"docs/examples/one/greet.py\n\n{text}"
    assert part == (
        "docs/examples/one/greet.py, Greeter.greet\n\n"
        '    def greet(self):\n        return "Hello"\n'
    )
    assert other == "deploy/proxy.yml\n\nport: 80\n"


def test_a_figure_is_what_a_test_has_measured(course: Path) -> None:
    assert "It took 0.5 s for 2,000 clients." in doctree(course, "guide/one").astext()


def test_a_drawing_has_its_words(course: Path) -> None:
    (shown,) = doctree(course, "guide/one").findall(drawing)

    assert (
        '<svg role="img" aria-label="A line, from &quot;left&quot; to right." '
    ) in shown.astext()


def test_the_index_leads_to_the_section_that_answers(course: Path) -> None:
    app, _ = build(course)
    resolved = app.env.get_and_resolve_doctree(
        "guide/index", app.builder, tags=app.tags
    )

    links = {
        link.astext(): link["refuri"] for link in resolved.findall(nodes.reference)
    }
    assert links["greet somebody"].endswith("#when-you-need-it")
    assert links["greet everybody"].endswith("#when-you-need-it")
    assert "Page one" in links


def test_an_error_is_a_section_of_its_own_to_which_the_list_leads(
    course: Path,
) -> None:
    page = doctree(course, "guide/one")
    text = "Error: nobody says '…', at all"
    (link,) = [item for item in page.findall(nodes.reference) if "refid" in item]
    (entry,) = [
        item for item in page.findall(nodes.section) if item[0].astext() == text
    ]

    assert link.astext() == text
    assert entry["ids"] == [link["refid"]] == ["no-greeting"]
    assert [paragraph.astext() for paragraph in entry[1:]] == [
        "Cause: Nobody says anything,\nnot even that.",
        "Cure: Say something.",
    ]


CORRECTED = "“It is green.” It is red."


def test_the_table_counts_the_tests_of_each_subject(course: Path) -> None:
    rows = doctree(course, COVERAGE).findall(nodes.row)

    assert [row.astext().split("\n\n") for row in rows][1:] == [
        ["G1", "the first things", "/guide/one", "examples/one/test_greet.py: 2"],
        ["C1", CORRECTED, "/guide/one", "examples/one/test_greet.py: 1"],
    ]


def doctree(course: Path, page: str) -> nodes.document:
    app, said = build(course)
    assert said == []
    return app.env.get_doctree(page)


# What is changed in the page, how the line begins that is wrong, and what is said.
MISTAKES = {
    "no such example": (
        ("one/greet.py", "one/meet.py"),
        ".. example:: one/meet.py",
        "There is no file docs/examples/one/meet.py: correct the path.",
    ),
    "an example outside": (
        ("one/greet.py", "../conf.py"),
        ".. example:: ../conf.py",
        "examples/../conf.py is outside the project: write the path relative to",
    ),
    "no such object": (
        (":object: Greeter.greet", ":object: meet"),
        ".. example::#2",
        "There is no meet in one/greet.py: name one of Greeter, Greeter.greet.",
    ),
    "a drawing without words": (
        ('   :alt: A line, from "left" to right.\n', ""),
        ".. drawing::",
        "A drawing needs words for those who cannot see it: add ':alt:'.",
    ),
    "an unknown error": (
        (".. trouble:: no-greeting", ".. trouble:: greeting"),
        ".. trouble::",
        "docs/examples/troubleshooting/errors.csv has no error 'greeting': correct ",
    ),
    "an error without a cure": (
        ("   :cure: Say something.\n", ""),
        ".. trouble::",
        "An error needs both ':cause:' and ':cure:'.",
    ),
    "a listing of its own": (
        ("Bad input\n---------\n", "Bad input\n---------\n\n::\n\n   print()\n"),
        "   print()",
        "Nothing tests this block: put it into a file of docs/examples",
    ),
    "a command": (
        ("Bad input\n---------\n", "Bad input\n---------\n\n.. run::\n\n   ls\n"),
        ".. run::",
        "On a page of the guide nothing runs this: use 'example'.",
    ),
    "an unknown figure": (
        ("`wait.seconds`", "`wait.hours`"),
        "It took",
        "limits.json has no figure wait.hours: name one of wait.clients, wait.seconds.",
    ),
    "a section missing": (
        ("Bad input\n---------\n", ""),
        "Page one",
        "A page of the guide begins with the sections What it is, When you need it, "
        "The smallest example and ends with Pitfalls, Bad input, Read next; this one "
        "has What it is, When you need it, The smallest example, Pitfalls, Read next.",
    ),
    "no chapter": (
        (":doc:`/tutorial/first`", ":doc:`index`"),
        "Page one",
        "Link a chapter: :doc:`/tutorial/echo`, for instance.",
    ),
    "no other page": (
        (":doc:`index`", ":doc:`/tutorial/first`"),
        "Page one",
        "Link another page of the guide.",
    ),
    "no task": (
        (".. i-want-to::\n\n   greet somebody\n   greet everybody\n", ""),
        "Page one",
        "Say what a reader may want who needs this page: 'i-want-to'.",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_an_error_with_page_and_line(course: Path, name: str) -> None:
    (old, new), place, sentence = MISTAKES[name]

    page = change(course, old, new)

    line = 1 if place == "Page one" else line_of(page, place)
    beginning = f"guide/one.rst:{line}: ERROR: "
    assert any(
        text.startswith(beginning) and sentence in text for text in build(course)[1]
    ), build(course)[1]


def test_a_page_that_the_contents_do_not_name_is_an_error(course: Path) -> None:
    change(course, 'page = "one"', 'page = "other"', "guide/contents.toml")

    said = build(course)[1]

    assert "docs/guide/contents.toml does not name this page." in "\n".join(said)


@pytest.mark.parametrize("subject", ["G1", "C1"])
def test_a_subject_without_a_test_is_an_error(course: Path, subject: str) -> None:
    test = "../tests/examples/one/test_greet.py"
    change(course, f'covers("{subject}")', 'covers("G2")', test)

    sentence = f"No test covers {subject}: mark it with covers('{subject}')."
    assert f"guide/coverage.rst:4: ERROR: {sentence}" in build(course)[1]


def test_a_test_of_an_unknown_subject_is_an_error(course: Path) -> None:
    change(course, '"C1"', '"C1", "C7"', "../tests/examples/one/test_greet.py")

    assert "guide/coverage.rst:4: ERROR: Tests cover C7, and contents.toml has no " in (
        "\n".join(build(course)[1])
    )
