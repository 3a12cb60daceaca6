"""Directives about what a reader has reached: now-passes and question."""

import re

from docutils import nodes

from course.check.behaviors import behaviors_in, sentence
from directives.directive import CourseDirective
from directives.errors import PageError
from directives.listings import caption
from directives.nodes import folded

QUESTION = re.compile(r"^\.\. question:: (.+(?:\n   +\S.*)*)", re.MULTILINE)


class NowPasses(CourseDirective):
    """`now-passes::`: the tests in the body, one a line, which pass from here on.

    A line is chat/tests/test_rooms.py::test_name, or test_name where one test of the
    project is called so. The page shows them in the words of `check`.
    """

    has_content = True

    def show(self) -> list[nodes.Node]:
        known = behaviors_in(self.course.files(self.chapter.ends_at))
        tests = [find(line, known) for line in self.body]
        items = nodes.bullet_list()
        for test in tests:
            items += nodes.list_item("", nodes.paragraph("", f"✓ {sentence(test)}"))
        return self.block(caption("Now passes"), items, tests=tests)


def find(name: str, known: list[str]) -> str:
    """Return the test of that name, with its path. Raises PageError if none is it."""
    found = [it for it in known if name in (it, it.rpartition("::")[2])]
    if not found:
        raise PageError(
            f"The project has no test {name} at the chapter's end: name one as in "
            "chat/tests/test_rooms.py::test_name, without its cases."
        )
    if len(found) > 1:
        raise PageError(f"{name} is in several files: write {' or '.join(found)}.")
    return found[0]


class Question(CourseDirective):
    """`question:: TEXT`: a question, with its answer in the body folded away.

    The first one of a page is the label PAGE-question-1, and so on.
    """

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def show(self) -> list[nodes.Node]:
        text = " ".join(self.arguments[0].split())
        page = self.env.docname
        anchor = f"question-{self.env.new_serialno('question') + 1}"
        labels = self.env.domains.standard_domain
        labels.note_hyperlink_target(f"{page}-{anchor}", page, anchor, text)
        return [folded("", *self.parse(self.body), summary=text, ids=[anchor])]


def questions_in(page: str) -> list[str]:
    """Return the questions in the source of a page."""
    return [" ".join(text.split()) for text in QUESTION.findall(page)]


def questions_on(page: nodes.document) -> list[str]:
    """Return the questions of a page, for the index."""
    found = page.findall(folded)
    return [it["summary"] for it in found if it["ids"]]
