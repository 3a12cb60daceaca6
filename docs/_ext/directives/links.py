"""Directives that other places lead to: i-want-to, trouble and trouble-list."""

import csv
import re
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from directives.directive import CourseDirective
from directives.errors import PageError

TASKS = re.compile(r"^\.\. i-want-to::\n\n((?:   .+\n)+)", re.MULTILINE)
ERRORS = "docs/examples/troubleshooting/errors.csv"


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
        section = self.state_machine.node
        assert isinstance(section, nodes.section)
        section["tasks"] = [*section.get("tasks", []), *self.body]
        labels = self.env.domains.standard_domain
        for text in self.body:
            number = self.env.new_serialno("i-want-to") + 1
            name = f"{self.env.docname}-task-{number}"
            labels.note_hyperlink_target(
                name, self.env.docname, section["ids"][0], text
            )
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
