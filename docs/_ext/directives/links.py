"""Directives that other places lead to: i-want-to, trouble, trouble-list, used-in."""

import csv
import re
from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from directives.directive import CHAPTERS, CourseDirective, course_of
from directives.errors import PageError
from directives.index import steps_on
from directives.nodes import line_of

TASKS = re.compile(r"^\.\. i-want-to::\n\n((?:   .+\n)+)", re.MULTILINE)
ERRORS = "docs/examples/troubleshooting/errors.csv"
# What is typed into a chapter's terminal and begins like this belongs into the index.
INDEXED = ("python manage.py ", "python -m ")

logger = logging.getLogger(__name__)


def tasks_in(page: str) -> list[str]:
    """Return what the reader may want whom this text of a page answers."""
    return [
        line.strip() for block in TASKS.findall(page) for line in block.splitlines()
    ]


class IWantTo(CourseDirective):
    """`i-want-to::`: what a reader wants, one a line, whom this section answers.

    The first one of a page is the label PAGE-task-1 of its section, and so on.
    """

    has_content = True

    def show(self) -> list[nodes.Node]:
        anchor = self.state_machine.node["ids"][0]
        labels = self.env.domains.standard_domain
        for text in self.body:
            number = self.env.new_serialno("i-want-to") + 1
            name = f"{self.env.docname}-task-{number}"
            labels.note_hyperlink_target(name, self.env.docname, anchor, text)
        return []


class TroubleDirective(CourseDirective):
    """A directive that knows the table of errors.

    A test provokes every error of that table and looks for its text, so what the page
    shows is what a reader finds in a log.
    """

    @property
    def troubles(self) -> list[dict[str, str]]:
        return list(csv.DictReader(self.read(ERRORS).splitlines()))


class TroubleList(TroubleDirective):
    """`trouble-list::`: the texts of all errors, place by place, with links."""

    def show(self) -> list[nodes.Node]:
        shown: dict[str, nodes.bullet_list] = {}
        for trouble in self.troubles:
            items = shown.setdefault(trouble["Where"], nodes.bullet_list())
            text = nodes.literal(trouble["Text"], trouble["Text"])
            link = nodes.reference("", "", text, internal=True, refid=trouble["Name"])
            items += nodes.list_item("", nodes.paragraph("", "", link))
        return [
            node
            for place, items in shown.items()
            for node in (nodes.paragraph("", "", nodes.strong(place, place)), items)
        ]


class Trouble(TroubleDirective):
    """`trouble:: NAME`: an error under its text, with its `:cause:` and `:cure:`."""

    required_arguments = 1
    option_spec: ClassVar = {
        "cause": directives.unchanged_required,
        "cure": directives.unchanged_required,
    }

    def show(self) -> list[nodes.Node]:
        name = self.arguments[0]
        texts = {trouble["Name"]: trouble["Text"] for trouble in self.troubles}
        if name not in texts:
            raise PageError(f"{ERRORS} has no error '{name}': correct the name.")
        title = nodes.title("", "", nodes.literal(texts[name], texts[name]))
        entry = nodes.section("", title, names=[name])
        self.state.document.note_implicit_target(entry, entry)
        for label in "cause", "cure":
            text = self.required_option(label, "An error has a cause and a cure")
            entry += self.parse(f"**{label.title()}:** {text}".splitlines())
        return [entry]


class used_in(nodes.General, nodes.Element):
    """Stands for links to chapters until all are read. Attribute: command."""


class UsedIn(CourseDirective):
    """`used-in:: COMMAND`: links to the chapters with a command that begins so."""

    required_arguments = 1
    final_argument_whitespace = True

    def show(self) -> list[nodes.Node]:
        # This page has to be read again whenever a chapter changes.
        for docname in chapter_pages(self.env):
            self.env.note_dependency(str(self.env.doc2path(docname)))
        shown = used_in(command=self.arguments[0])
        self.set_source_info(shown)
        return [shown]


class Typed(NamedTuple):
    """A command line of a chapter."""

    text: str
    docname: str
    line: int

    def is_a(self, command: str) -> bool:
        return self.text == command or self.text.startswith(f"{command} ")


def link_chapters(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the links where the index has asked for them, and check that it is whole."""
    places = list(doctree.findall(used_in))
    typed = list(typed_in_chapters(app.env)) if places else []
    for place in places:
        pages = [line.docname for line in typed if line.is_a(place["command"])]
        if not pages:
            logger.error(
                f"No chapter uses '{place['command']}': correct it or remove it.",
                location=(docname, line_of(place)),
            )
        place.replace_self(links(app, list(dict.fromkeys(pages)), docname))
    for line in typed:
        is_listed = any(line.is_a(place["command"]) for place in places)
        if line.text.startswith(INDEXED) and not is_listed:
            logger.error(
                f"The index in {docname} lacks '{line.text}': "
                f"add what it does, and '.. used-in:: {line.text}'.",
                location=(line.docname, line.line),
            )


def chapter_pages(env: BuildEnvironment) -> list[str]:
    pages = [CHAPTERS + chapter.page for chapter in course_of(env).chapters]
    return [page for page in pages if page in env.found_docs]


def typed_in_chapters(env: BuildEnvironment) -> Iterator[Typed]:
    for docname in chapter_pages(env):
        for step in steps_on(env.get_doctree(docname)):
            # What newcomers catch up with was used in earlier chapters.
            if step["kind"] == "run" and step["box"] != "start":
                for line in step["typed"].splitlines():
                    yield Typed(line, docname, step["line"])


def links(app: Sphinx, pages: list[str], docname: str) -> nodes.paragraph:
    shown = nodes.paragraph("", "Used in ", classes=["used-in"])
    for number, page in enumerate(pages):
        uri = app.builder.get_relative_uri(docname, page)
        if number:
            shown += nodes.Text(", ")
        shown += nodes.reference("", app.env.titles[page].astext(), refuri=uri)
    shown += nodes.Text(".")
    return shown
