"""A mistake on a page is an error with its line; a right page shows the files."""

import io
import json
import re
from html import unescape
from pathlib import Path

import pytest
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ConfigError
from sphinx.util.docutils import docutils_namespace

from course.chapters import ROOT, Chapter
from directives.listings import colored_lines, hunks, is_mostly_new, language_of
from directives.nodes import colored_line, create, edit, hunk, install, typed
from directives.project import Change, Course
from directives.steps import lines_of

CHAPTERS = """
[[chapter]]
page = "first"
title = "First"
ends_at = "one"
summary = "a greeting"
minutes = 5
requires = []

[[chapter]]
page = "second"
title = "Second"
starts_at = "one"
ends_at = "two"
summary = "a better greeting"
minutes = 5
requires = ["Django"]
"""

OLD_APP = """
import sys

GREETING = "Hello"


class Greeter:
    def name(self):
        return sys.argv[1]

    @staticmethod
    def greet():
        return GREETING


def main():
    print(Greeter().greet())
""".lstrip()

FIRST = """
First
=====

What you will build
-------------------

.. sequence:: first
   :alt-title: A client says hello.

   a sends hello

Some ideas
----------

An idea.

Start here
----------

.. start-here::

Steps
-----

.. create:: chat/__init__.py

.. create:: chat/app.py

.. create:: chat/old.py

Try it
------

.. run::

   python chat/app.py

What just happened
------------------

A greeting.

Test it
-------

.. run::

   python -m pytest -q

.. output::

   1 passed

Recap
-----

A greeting.

You end here
------------

.. end-here::
""".lstrip()

SECOND = """
Second
======

What you will build
-------------------

.. screenshot:: second
   :alt: A page that greets.

   fill #name Ada Lovelace
   click #greet

Start here
----------

.. start-here::

Steps
-----

.. install::

.. create:: chat/new.py

.. edit:: chat/app.py

.. remove:: chat/old.py

.. excerpt:: chat/app.py
   :object: Greeter.greet

Try it
------

.. run::
   :background:
   :windows: set A=1 ;; python manage.py runserver

   export A=1
   python manage.py runserver

.. output::

   …
   ready

.. terminals:: terminals

   1 the server

.. browser-console::
   :at: /chat/

   console.log("hi");

.. console-log::

   hi

.. stop::

What just happened
------------------

.. sequence:: second
   :alt-title: A client says hello, and the server answers.

   a sends hello

Test it
-------

.. run::

   python -m pytest -q

.. output::

   1 passed

Recap
-----

A better greeting.

You end here
------------

.. end-here::
""".lstrip()

INDEX = """
Fake
====

.. chapter-list::
"""

RECORDING = [
    {"from": "a", "to": "server", "label": "hello"},
    {"from": "server", "to": "a", "label": '{"text": "hello & <welcome>"}'},
]


SCREENS = [{"typed": ["python manage.py runserver"], "printed": ["ready"]}]


def make_course(folder: Path) -> Path:
    """Write a course of two chapters whose pages are right, and return its folder."""
    new_app = OLD_APP.replace('"Hello"', '"Good morning"').replace(
        "import sys\n", "import os\nimport sys\n"
    )
    files = {
        "checkpoints/chapters.toml": CHAPTERS,
        "checkpoints/one/chat/__init__.py": "",
        "checkpoints/one/chat/app.py": OLD_APP,
        "checkpoints/one/chat/old.py": "OLD = True\n",
        "checkpoints/two/chat/__init__.py": "",
        "checkpoints/two/chat/app.py": new_app,
        "checkpoints/two/chat/new.py": "NEW = True\n",
        "checkpoints/two/.cache/left": "not a file of the project",
        "requirements.in": "Django~=5.2.0\n",
        "requirements.txt": "django==5.2.19\n",
        "requirements-course.in": "",
        "requirements-course.txt": "",
        "docs/conf.py": "extensions = ['directives', 'sphinx_design']\n"
        "course_root = '..'\nexclude_patterns = ['_build']\nnitpicky = True\n",
        "docs/index.rst": INDEX,
        "docs/tutorial/first.rst": FIRST,
        "docs/tutorial/second.rst": SECOND,
        "docs/recordings/first.json": json.dumps(RECORDING),
        "docs/recordings/second.json": json.dumps(RECORDING),
        "docs/recordings/terminals.json": json.dumps(SCREENS),
    }
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    pictures = folder / "docs" / "_static" / "screenshots"
    pictures.mkdir(parents=True)
    (pictures / "second.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return folder


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return make_course(tmp_path)


def build(course: Path, **settings: object) -> tuple[Sphinx, list[str]]:
    """Read all pages; return what Sphinx says, with paths relative to the pages."""
    docs, said = course / "docs", io.StringIO()
    with docutils_namespace():
        app = Sphinx(
            docs,
            docs,
            docs / "_build" / "out",
            docs / "_build" / "doctrees",
            "dummy",
            confoverrides=settings,
            status=None,
            warning=said,
            freshenv=True,
        )
        app.build()
    text = re.sub(r"\x1b\[[\d;]*m", "", said.getvalue())
    return app, text.replace(f"{docs}/", "").splitlines()


def line_of(page: str, place: str) -> int:
    """The first line of the page that begins with a text, the second for "text#2"."""
    text, _, number = place.partition("#")
    lines = enumerate(page.splitlines(), 1)
    found = [line_number for line_number, line in lines if line.startswith(text)]
    return found[int(number or 1) - 1]


def change(course: Path, old: str, new: str, page: str = "second") -> str:
    file = course / "docs" / "tutorial" / f"{page}.rst"
    text = file.read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    return text


def test_right_pages_are_no_error(course: Path) -> None:
    assert build(course)[1] == []


SECTIONS = (
    "A chapter has the sections What you will build, Start here, Steps, Try it, What "
    "just happened, Test it, Recap, You end here, in this order."
)

# What is changed in the page, how the line begins that is wrong, and what is said.
MISTAKES = {
    "no step": (
        (".. create:: chat/new.py\n", ""),
        "Steps",
        "The chapter changes chat/new.py, and no step says so: "
        "add '.. create:: chat/new.py'.",
    ),
    "two steps": (
        (".. edit::", ".. create:: chat/new.py\n\nAgain.\n\n.. edit::"),
        ".. create:: chat/new.py#2",
        "chat/new.py has a step in line 23 already: a chapter has one step for a file.",
    ),
    "edit for create": (
        (".. create:: chat/new.py", ".. edit:: chat/new.py"),
        ".. edit:: chat/new.py",
        "chat/new.py is new in two: use 'create', not 'edit'.",
    ),
    "create for edit": (
        (".. edit:: chat/app.py", ".. create:: chat/app.py"),
        ".. create:: chat/app.py",
        "chat/app.py is in one already, and differs in two: use 'edit', not 'create'.",
    ),
    "edit for remove": (
        (".. remove:: chat/old.py", ".. edit:: chat/old.py"),
        ".. edit:: chat/old.py",
        "chat/old.py is in one but no longer in two: use 'remove', not 'edit'.",
    ),
    "unchanged file": (
        (".. edit:: chat/app.py", ".. edit:: chat/__init__.py"),
        ".. edit:: chat/__init__.py",
        "chat/__init__.py is the same in one and two: remove this step, or use "
        "'excerpt' to talk about the file.",
    ),
    "unknown file": (
        (".. create:: chat/new.py", ".. create:: chat/newer.py"),
        ".. create:: chat/newer.py",
        "There is no file chat/newer.py in one or two: correct the path, which is "
        "relative to the project's folder.",
    ),
    "file above the project": (
        (".. create:: chat/new.py", ".. create:: ../new.py"),
        ".. create:: ../new.py",
        "../new.py is outside the project: write the path relative to the project's "
        "folder, like chat/consumers.py.",
    ),
    "absolute path": (
        (".. excerpt:: chat/app.py", ".. excerpt:: /etc/passwd"),
        ".. excerpt:: /etc/passwd",
        "/etc/passwd is outside the project: write the path relative to the project's "
        "folder, like chat/consumers.py.",
    ),
    "excerpt of nothing": (
        (".. excerpt:: chat/app.py", ".. excerpt:: chat/apps.py"),
        ".. excerpt:: chat/apps.py",
        "There is no file chat/apps.py in the checkpoint two: correct the path, which "
        "is relative to the project's folder.",
    ),
    "unknown object": (
        (":object: Greeter.greet", ":object: Greeter.greets"),
        ".. excerpt::",
        "There is no Greeter.greets in chat/app.py: name one of GREETING, Greeter, "
        "Greeter.name, Greeter.greet, main.",
    ),
    "no object": (
        ("   :object: Greeter.greet\n", ""),
        ".. excerpt::",
        "An excerpt has a name: add ':object:' with a function, a class, a method "
        "(Class.method) or a constant.",
    ),
    "unknown checkpoint": (
        (":object: Greeter.greet", ":object: main\n   :checkpoint: three"),
        ".. excerpt::",
        "There is no checkpoint three: name one of one, two.",
    ),
    "diagram of an unknown checkpoint": (
        (":alt-title: ", ":checkpoint: three\n   :alt-title: "),
        ".. sequence::",
        "There is no checkpoint three: name one of one, two.",
    ),
    "missing picture": (
        (".. screenshot:: second", ".. screenshot:: third"),
        ".. screenshot::",
        "There is no picture docs/_static/screenshots/third.png: make it with "
        "'python3 tutorial.py docs --screenshots'.",
    ),
    "picture without words": (
        ("   :alt: A page that greets.\n", ""),
        ".. screenshot::",
        "A screenshot needs words for those who cannot see it: add ':alt:'.",
    ),
    "unknown action": (
        ("   click #greet", "   hover #greet"),
        ".. screenshot::",
        "There is no action 'hover': a screenshot knows fill, click, press, wait, "
        "window.",
    ),
    "incomplete action": (
        ("   fill #name Ada Lovelace", "   fill #name"),
        ".. screenshot::",
        "'fill #name' is incomplete: write 'fill SELECTOR TEXT'.",
    ),
    "missing recording": (
        (".. sequence:: second", ".. sequence:: third"),
        ".. sequence::",
        "There is no recording docs/recordings/third.json: make it with "
        "'python3 tutorial.py docs --screenshots'.",
    ),
    "diagram without title": (
        ("   :alt-title: A client says hello, and the server answers.\n", ""),
        ".. sequence::",
        "A diagram needs a title for those who cannot see it: add ':alt-title:'.",
    ),
    "terminals that are not recorded": (
        (".. terminals:: terminals", ".. terminals:: others"),
        ".. terminals::",
        "There is no recording docs/recordings/others.json: make it with "
        "'python3 tutorial.py docs --screenshots'.",
    ),
    "another number of terminals": (
        ("   1 the server\n", "   1 the server\n   2 another server\n"),
        ".. terminals::",
        "docs/recordings/terminals.json has 1 terminals, and the page names 2: record "
        "it again with 'python3 tutorial.py docs --screenshots'.",
    ),
    "terminal without a number": (
        ("   1 the server\n", "   the server\n"),
        ".. terminals::",
        "'the server' is no terminal: write its number and what it is for, as in "
        "'2 second server'.",
    ),
    "never stopped": (
        (".. stop::\n", ""),
        ".. run::",
        "What runs in terminal 1 is never stopped: add 'stop' before the chapter ends.",
    ),
    "stopped in another terminal": (
        (".. stop::\n", ".. stop::\n\n.. stop::\n   :terminal: 2\n"),
        ".. stop::#2",
        "Nothing runs in terminal 2: remove 'stop', or add ':background:' to the 'run' "
        "that starts the server.",
    ),
    "terminal is taken": (
        (".. stop::\n", ".. run::\n\n   ls\n\n.. stop::\n"),
        ".. run::#2",
        "Terminal 1 is taken by the server of line 35: add 'stop' before, or type this "
        "into another one with ':terminal:'.",
    ),
    "output of nothing": (
        (".. output::\n\n   …", "Then:\n\n.. output::\n\n   …"),
        ".. output::",
        "'output' stands right after the 'run' that prints it: move it there.",
    ),
    "log of nothing": (
        (".. console-log::", "Then:\n\n.. console-log::"),
        ".. console-log::",
        "'console-log' stands right after its 'browser-console': move it there.",
    ),
    "empty block": (
        ("   python -m pytest -q\n", ""),
        ".. run::#2",
        "'run' is empty: indent its lines below it.",
    ),
    "reason without command": (
        ("   :background:\n", "   :background:\n   :cannot-run: no Docker\n"),
        ".. run::",
        "':cannot-run:' (the reason) and ':instead:' (a command that runs everywhere) "
        "go together: write both or neither.",
    ),
    "section is missing": (
        ("Recap\n-----\n", ""),
        "Second",
        f"The section 'Recap' is missing. {SECTIONS}",
    ),
    "section of another name": (
        ("Recap\n-----\n", "Recap\n-----\n\nNext\n----\n"),
        "Next",
        f"'Next' is no section of a chapter: make it a subsection, or correct its "
        f"title. {SECTIONS}",
    ),
    "section without its box": (
        (".. end-here::\n", "The end.\n"),
        "You end here",
        "The section 'You end here' lacks 'end-here'.",
    ),
    "title": (
        ("Second\n======", "Zweite\n======"),
        "Zweite",
        "The page's title is 'Zweite', and in checkpoints/chapters.toml it is "
        "'Second': make them agree.",
    ),
    "listing by hand": (
        ("A better greeting.", ".. code-block:: python\n\n   print()"),
        ".. code-block",
        "Nothing verifies this block: show files with 'create', 'edit' or 'excerpt', "
        "commands with 'run', results with 'output', and pictures with 'screenshot'.",
    ),
    "literal block": (
        ("A better greeting.", "A greeting::\n\n   print()"),
        "   print()",
        "Nothing verifies this block: show files with 'create', 'edit' or 'excerpt', "
        "commands with 'run', results with 'output', and pictures with 'screenshot'.",
    ),
    "picture by hand": (
        ("A better greeting.", ".. image:: /_static/screenshots/second.png"),
        ".. image",
        "Nothing verifies this block: show files with 'create', 'edit' or 'excerpt', "
        "commands with 'run', results with 'output', and pictures with 'screenshot'.",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_an_error_with_page_and_line(course: Path, name: str) -> None:
    (old, new), wrong_line, sentence = MISTAKES[name]
    page = change(course, old, new)

    said = build(course)[1]

    found = [line for line in said if line.endswith(sentence)] or said
    assert found == [
        f"tutorial/second.rst:{line_of(page, wrong_line)}: ERROR: {sentence}"
    ]


def test_a_section_out_of_order_is_an_error(course: Path) -> None:
    recap = "Recap\n-----\n\nA better greeting.\n\n"
    change(course, recap, "")
    page = change(course, "Test it\n", f"{recap}Test it\n")

    assert build(course)[1] == [
        f"tutorial/second.rst:{line_of(page, 'Recap')}: ERROR: The section 'Recap' is "
        f"out of order. {SECTIONS}"
    ]


def test_a_page_of_no_chapter_is_an_error(course: Path) -> None:
    page = course / "docs" / "tutorial" / "third.rst"
    page.write_text(":orphan:\n\nThird\n=====\n")

    assert build(course)[1] == [
        "tutorial/third.rst:1: ERROR: third is no chapter of "
        "checkpoints/chapters.toml: name one of first, second."
    ]


def test_a_chapter_without_a_page_is_an_error(course: Path) -> None:
    (course / "docs" / "tutorial" / "second.rst").unlink()

    assert (
        "index.rst:5: ERROR: Chapters without a page: write tutorial/second (.rst), or "
        "correct checkpoints/chapters.toml."
    ) in build(course)[1]


def test_a_step_outside_the_chapters_is_an_error(course: Path) -> None:
    (course / "docs" / "index.rst").write_text(f"{INDEX}\n.. create:: chat/app.py\n")

    assert build(course)[1] == [
        "index.rst:7: ERROR: 'create' is for the pages in tutorial/: this page is no "
        "chapter's."
    ]


def test_install_without_requirements_is_an_error(course: Path) -> None:
    page = change(course, "Steps\n-----\n", "Steps\n-----\n\n.. install::\n", "first")

    assert build(course)[1] == [
        f"tutorial/first.rst:{line_of(page, '.. install')}: ERROR: The chapter First "
        "requires no package: remove 'install', or add to 'requires' in "
        "checkpoints/chapters.toml."
    ]


@pytest.mark.parametrize("recorded", ["{", "[1]", '[{"from": "a"}]', "{}", "[]"])
def test_a_recording_that_is_none_is_an_error(course: Path, recorded: str) -> None:
    (course / "docs" / "recordings" / "second.json").write_text(recorded)

    said = build(course)[1]

    line = line_of(SECOND, ".. sequence")
    start = f"tutorial/second.rst:{line}: ERROR: docs/recordings/second.json "
    assert len(said) == 2, said
    assert said[0].startswith(start)


@pytest.mark.parametrize("recorded", ["{", "[1]", '[{"typed": ["ls"]}]', "{}"])
def test_a_recording_that_has_no_terminals_is_an_error(
    course: Path, recorded: str
) -> None:
    (course / "docs" / "recordings" / "terminals.json").write_text(recorded)

    [said] = build(course)[1]

    line = line_of(SECOND, ".. terminals")
    start = f"tutorial/second.rst:{line}: ERROR: docs/recordings/terminals.json "
    assert said.startswith(start)


def test_pictures_may_be_missing_while_they_are_made(course: Path) -> None:
    (course / "docs" / "_static" / "screenshots" / "second.png").unlink()
    for recording in "second", "terminals":
        (course / "docs" / "recordings" / f"{recording}.json").unlink()

    assert build(course, course_records=True)[1] == []


def test_a_file_that_no_page_can_show_is_an_error(course: Path) -> None:
    file = course / "checkpoints" / "two" / "chat" / "new.py"
    for content, reason in (b"\xff\n", "is not UTF-8"), (b"x", "has a line that does"):
        file.write_bytes(content)
        with pytest.raises(ConfigError, match=f"new.py {reason}"):
            build(course)


def test_a_listing_is_the_file_at_the_chapters_end(course: Path) -> None:
    app = build(course)[0]

    page = app.env.get_doctree("tutorial/first")
    shown = {
        step["path"]: [block.astext() for block in step.findall(nodes.literal_block)]
        for step in page.findall(create)
    }
    assert shown == {
        "chat/__init__.py": [],
        "chat/app.py": [OLD_APP],
        "chat/old.py": ["OLD = True\n"],
    }
    assert "an empty file" in page.astext()


def test_the_changes_of_a_file_rebuild_it(course: Path) -> None:
    app = build(course)[0]

    (step,) = app.env.get_doctree("tutorial/second").findall(edit)
    whole = step.next_node(nodes.literal_block)
    assert whole is not None
    assert applied(list(step.findall(hunk)), OLD_APP) == whole.astext()


def test_a_command_is_shown_without_a_prompt(course: Path) -> None:
    app = build(course)[0]

    page = app.env.get_doctree("tutorial/second")
    assert [block.astext() for block in page.findall(typed)] == [
        "python3 tutorial.py reset one\n",
        "python3 tutorial.py branches\ngit switch one\n",
        'python -m pip install "Django==5.2.19"\n',
        "export A=1\npython manage.py runserver\n",
        "python -m pytest -q\n",
        "python3 tutorial.py check two\npython3 tutorial.py diff two\n",
    ]
    assert len(list(page.findall(install))) == 1


def test_an_excerpt_has_the_lines_of_its_object() -> None:
    assert lines_of(OLD_APP, "app.py", "Greeter.greet") == (
        "    @staticmethod\n    def greet():\n        return GREETING\n"
    )
    assert lines_of(OLD_APP, "app.py", "GREETING") == 'GREETING = "Hello"\n'
    assert lines_of(OLD_APP, "app.py", "main").startswith("def main():")


COURSE = Course(ROOT)
EDITS = [
    pytest.param(chapter, path, id=f"{chapter.page}:{path}")
    for chapter in COURSE.chapters
    for path, kind in COURSE.changes(chapter).items()
    if kind == Change.EDIT
]


@pytest.mark.parametrize(("chapter", "path"), EDITS)
def test_the_changes_on_every_page_rebuild_the_file(
    chapter: Chapter, path: str
) -> None:
    before = COURSE.files(chapter.starts_at)[path]
    after = COURSE.files(chapter.ends_at)[path]

    assert applied(hunks(before, after, language_of(path)), before) == after


@pytest.mark.parametrize(("chapter", "path"), EDITS)
def test_the_changes_on_every_page_say_which_lines_they_show(
    chapter: Chapter, path: str
) -> None:
    before = COURSE.files(chapter.starts_at)[path]
    after = COURSE.files(chapter.ends_at)[path].splitlines()

    for change in hunks(before, "\n".join(after) + "\n", language_of(path)):
        assert isinstance(change, hunk)
        first, last = map(int, re.findall(r"\d+", change["place"]))
        lines = change.findall(colored_line)
        kept = [line for line in lines if line["classes"] != ["del"]]
        assert [line.astext().removesuffix("\n") for line in kept] == after[
            first - 1 : last
        ]


def test_what_is_mostly_new_is_better_shown_whole() -> None:
    assert not is_mostly_new("1\n2\n3\n", "1\n2\n3\n4\n")
    assert is_mostly_new("1\n", "1\n2\n3\n4\n")
    assert is_mostly_new("1\n2\n3\n4\n", "5\n6\n")


def applied(changes: list[hunk] | list[nodes.Node], text: str) -> str:
    """Do what the page shows, as a reader does who finds each place by its lines."""
    done = ""
    for change in changes:
        lines = list(change.findall(colored_line))
        old = "".join(line.astext() for line in lines if line["classes"] != ["add"])
        new = "".join(line.astext() for line in lines if line["classes"] != ["del"])
        before, found, text = text.partition(old)
        assert found, old
        done += before + new
    return done + text


@pytest.mark.parametrize("checkpoint", COURSE.checkpoints)
def test_colors_change_no_character(checkpoint: str) -> None:
    for path, text in COURSE.files(checkpoint).items():
        lines = colored_lines(text, language_of(path))
        assert "".join(line.text for line in lines) == text
        html = "".join(line.html for line in lines)
        assert unescape(re.sub("<[^>]*>", "", html)) == text


def add_index(course: Path, command: str) -> None:
    page = course / "docs" / "commands.rst"
    page.write_text(f":orphan:\n\nCommands\n========\n\n.. used-in:: {command}\n")


def test_a_command_that_the_index_lacks_is_an_error(course: Path) -> None:
    add_index(course, "python manage.py runserver")

    said = build(course)[1]

    line = line_of(SECOND, ".. run::#2")
    sentence = "python -m pytest -q': add what it does, and '.. used-in:: python -m p"
    assert any(
        text.startswith(f"tutorial/second.rst:{line}: ERROR:") and sentence in text
        for text in said
    ), said


def test_a_command_that_only_the_index_has_is_an_error(course: Path) -> None:
    add_index(course, "python manage.py migrate")

    assert (
        "commands.rst:6: ERROR: No chapter uses 'python manage.py migrate': correct it "
        "or remove it."
    ) in build(course)[1]


def add_page(course: Path, lines: str) -> None:
    page = course / "docs" / "day.rst"
    page.write_text(f":orphan:\n\nDay\n===\n\n{lines}\n")


def cells_of_table(app: Sphinx) -> list[str]:
    table = app.env.get_doctree("day").next_node(nodes.table)
    assert table is not None
    return [entry.astext() for entry in table.findall(nodes.entry)]


def test_a_schedule_adds_up(course: Path) -> None:
    add_page(
        course, ".. schedule::\n   :starts: 9:50\n\n   first\n   15 Break\n   second"
    )

    app, said = build(course)

    assert said == []
    assert cells_of_table(app)[3:] == [
        *("09:50", "/tutorial/first", "5"),
        *("09:55", "Break", "15"),
        *("10:10", "/tutorial/second", "5"),
        *("10:15", "The end", ""),
    ]


def test_a_week_for_each_chapter_has_what_it_leaves(course: Path) -> None:
    add_page(course, ".. weeks:: 45")

    app, said = build(course)

    assert said == []
    assert cells_of_table(app)[4:] == [
        *("1", "/tutorial/first", "5", "40"),
        *("2", "/tutorial/second", "5", "40"),
    ]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (
            ".. schedule::\n\n   first",
            "A schedule begins somewhen: add ':starts: 9:00'.",
        ),
        (".. schedule::\n   :starts: 9:00\n\n   third", "third is no chapter of"),
        (".. weeks:: 4", "The chapter First takes 5 minutes, and a lesson has 4"),
        (".. about-chapter:: third", "third is no chapter of"),
    ],
)
def test_a_page_for_teachers_says_what_is_wrong(
    course: Path, lines: str, sentence: str
) -> None:
    add_page(course, lines)

    said = build(course)[1]

    assert any(
        text.startswith("day.rst:6: ERROR:") and sentence in text for text in said
    ), said
