"""Directives of the page that explains errors.

The text of each error comes from a table. A test provokes every error of that table and
looks for its text, so what the page shows is what a reader finds in a log.
"""

import csv
from typing import ClassVar, NamedTuple

from docutils import nodes
from docutils.parsers.rst import directives

from directives.directive import CourseDirective
from directives.errors import PageError

TABLE = "examples/troubleshooting/errors.csv"


class Trouble(NamedTuple):
    """An error, where one reads it, and its text, with … for what differs."""

    name: str
    place: str
    text: str


class TroubleDirective(CourseDirective):
    """A directive that knows the table of errors."""

    @property
    def troubles(self) -> list[Trouble]:
        rows = csv.reader(self.read(TABLE).splitlines())
        next(rows)
        return [Trouble(*row) for row in rows]


class TroubleList(TroubleDirective):
    """`trouble-list::`: the texts of all errors, place by place, with links."""

    def show(self) -> list[nodes.Node]:
        shown: dict[str, nodes.bullet_list] = {}
        for trouble in self.troubles:
            items = shown.setdefault(trouble.place, nodes.bullet_list())
            text = nodes.literal(trouble.text, trouble.text)
            link = nodes.reference("", "", text, internal=True, refid=trouble.name)
            items += nodes.list_item("", nodes.paragraph("", "", link))
        return [
            node
            for place, items in shown.items()
            for node in [nodes.paragraph("", "", nodes.strong(place, place)), items]
        ]


class TroubleEntry(TroubleDirective):
    """`trouble:: NAME`: an error under its text, with its `:cause:` and `:cure:`."""

    required_arguments = 1
    option_spec: ClassVar = {
        "cause": directives.unchanged_required,
        "cure": directives.unchanged_required,
    }

    def show(self) -> list[nodes.Node]:
        (name,) = self.arguments
        texts = {trouble.name: trouble.text for trouble in self.troubles}
        if name not in texts:
            raise PageError(f"docs/{TABLE} has no error '{name}': correct the name.")
        if self.options.keys() != self.option_spec.keys():
            raise PageError("An error needs both ':cause:' and ':cure:'.")
        title = nodes.title("", "", nodes.literal(texts[name], texts[name]))
        entry = nodes.section("", title, names=[name])
        self.state.document.note_implicit_target(entry, entry)
        for label in "cause", "cure":
            text = f"**{label.title()}:** {self.options[label]}"
            entry += self.parse(text.splitlines())
        return [entry]
