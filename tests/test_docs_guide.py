"""What the pages of the guide and for teachers show."""

from pathlib import Path

from docutils import nodes

from tests.support.small_course import (
    build,
    index_of,
    texts_of,
)


def test_an_example_is_shown_whole_or_in_part(course: Path) -> None:
    steps = index_of(course)["guide/one"]["steps"]

    text = (course / "docs/examples/one/greet.py").read_text()
    examples = [step for step in steps if step["kind"] == "example"]
    assert [(step["path"], step["object"], step["text"]) for step in examples] == [
        ("docs/examples/one/greet.py", "", text),
        ("docs/examples/one/greet.py", "Greeter.greet", text.partition("\n")[2]),
        ("deploy/proxy.yml", "", "port: 80\n"),
    ]


def test_a_figure_is_what_a_test_has_measured(course: Path) -> None:
    assert "It took 0.5 s for 2,000 clients." in texts_of(course, "guide/one")


def test_a_drawing_has_its_words(course: Path) -> None:
    label = '<svg role="img" aria-label="A line, from &quot;left&quot; to right." '

    assert label in "\n".join(texts_of(course, "guide/one"))


def test_an_error_and_a_task_lead_to_the_sections_that_answer(course: Path) -> None:
    app, _ = build(course)
    text = "Error: nobody says '…', at all"
    links = {
        link.astext(): link.get("refid") or link.get("refuri")
        for page in ("guide/one", "guide/index")
        for link in app.env.get_and_resolve_doctree(
            page, app.builder, tags=app.tags
        ).findall(nodes.reference)
    }

    assert links[text] == "no-greeting"
    assert links["greet somebody"].endswith("#when-you-need-it")
    assert links["greet everybody"].endswith("#when-you-need-it")
    shown = texts_of(course, "guide/one")
    assert shown.count(text) > 1
    assert {"Cause: Nobody says anything,\nnot even that.", "Cure: Say something."} <= {
        *shown
    }


def test_the_table_counts_the_tests_of_each_subject(course: Path) -> None:
    assert texts_of(course, "guide/coverage", nodes.row)[1:] == [
        "G1 | the first things | Page one | examples/one/test_greet.py: 2",
        "C1 | “It is green.” It is red. | Page one | examples/one/test_greet.py: 1",
    ]


def test_a_schedule_adds_up_and_a_week_has_what_is_left(course: Path) -> None:
    page = course / "docs" / "day.rst"
    page.write_text(
        ":orphan:\n\nDay\n===\n\n.. template:: schedule 9:50\n\n   first\n   15 Break\n"
        "   second\n\n.. template:: weeks 45\n"
    )

    assert texts_of(course, "day", nodes.row) == [
        "Time | What | Minutes",
        "09:50 | First | 3",
        "09:53 | Break | 15",
        "10:08 | Second | 4",
        "10:12 | The end | ",
        "Week | Chapter | Minutes | Left to show and ask",
        "1 | First | 3 | 42",
        "2 | Second | 4 | 41",
    ]
