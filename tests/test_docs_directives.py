"""A right page shows the files, and the index says what it shows."""

import json
from pathlib import Path

from directives.objects import lines_of as lines_of_object
from tests.support.small_course import (
    SMALL_COURSE,
    build,
    change,
    index_of,
    line_of,
    texts_of,
)


def test_what_work_leaves_behind_is_no_part_of_the_course(course: Path) -> None:
    project = course / "checkpoints" / "two"
    (project / "loadtest.svg").write_text("<svg/>")
    for path in "collected/left.css", ".ruff_cache/left", "chat/__pycache__/a.pyc":
        (project / path).parent.mkdir()
        (project / path).write_text("left behind")
    (project / "db.sqlite3").write_bytes(b"\0")

    assert build(course)[1] == []


def test_a_file_may_have_any_line_ends(course: Path) -> None:
    file = course / "checkpoints" / "two" / "chat" / "app.py"
    right = index_of(course)
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n").removesuffix(b"\r\n"))

    assert index_of(course) == right


def test_a_file_that_is_no_text_is_named_and_copied(course: Path) -> None:
    picture = course / "checkpoints" / "two" / "logo.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0")
    change(course, "tutorial/second", "Try it\n", ".. create:: logo.png\n\nTry it\n")

    steps = index_of(course)["tutorial/second"]["steps"]

    (step,) = [step for step in steps if step.get("path") == "logo.png"]
    assert (step["text"], step["copy_from"]) == ("", "checkpoints/two/logo.png")


# Kind, and what is shown, of every step of the second chapter outside of its boxes.
SHOWN = [
    ("screenshot", "actions", ["fill #name Ada Lovelace", "click #greet"]),
    ("run", "typed", 'python -m pip install --prefer-binary "Django==5.2.19"\n'),
    ("create", "text", "NEW = True\n"),
    ("edit", "path", "chat/app.py"),
    ("remove", "path", "chat/old.py"),
    ("excerpt", "object", "Greeter.greet"),
    ("run", "typed_on_windows", "set A=1\npython manage.py runserver\n"),
    ("output", "printed", "…\nready\n"),
    (
        "terminals",
        "screens",
        [{"typed": ["python manage.py runserver"], "printed": ["ready"]}],
    ),
    ("browser-console", "text", 'console.log("hi");\n'),
    ("console-log", "printed", "hi\n"),
    ("stop", "terminal", 1),
    (
        "sequence",
        "messages",
        json.loads((SMALL_COURSE / "docs/recordings/second.json").read_text()),
    ),
    ("run", "typed", "python -m pytest -q\n"),
    ("output", "printed", "1 passed\n"),
]


def test_the_index_has_what_a_page_shows(course: Path) -> None:
    page = index_of(course)["tutorial/second"]

    assert (page["title"], page["source"]) == ("Second", "docs/tutorial/second.rst")
    steps = [step for step in page["steps"] if not step["box"]]
    assert [
        (step["kind"], name, step[name])
        for step, (_, name, _) in zip(steps, SHOWN, strict=True)
    ] == SHOWN
    (excerpt,) = [step for step in steps if step["kind"] == "excerpt"]
    text = "    @staticmethod\n    def greet() -> str:\n        return GREETING\n"
    assert (excerpt["text"], excerpt["section"]) == (text, "Steps")
    assert excerpt["line"] == line_of(
        (course / "docs/tutorial/second.rst").read_text(), ".. excerpt"
    )


def test_a_listing_is_the_file_at_the_chapters_end(course: Path) -> None:
    steps = index_of(course)["tutorial/first"]["steps"]

    app = (course / "checkpoints/one/chat/app.py").read_text()
    assert [step["text"] for step in steps if step["kind"] == "create"] == [
        *("", app, "OLD = True\n"),
    ]
    assert "an empty file" in texts_of(course, "tutorial/first")
    assert lines_of_object(app, "app.py", "GREETING") == 'GREETING = "Hello"\n'


def test_the_boxes_say_how_to_come_here_and_to_go_on(course: Path) -> None:
    steps = index_of(course)["tutorial/second"]["steps"]

    assert [(step["box"], step["typed"]) for step in steps if step["box"]] == [
        ("start", "python3 tutorial.py start one\n"),
        ("start", "python3 tutorial.py branches\ngit switch one\n"),
        ("start", "python3 tutorial.py check two --watch\n"),
        ("end", "python3 tutorial.py check two\npython3 tutorial.py diff two\n"),
    ]
