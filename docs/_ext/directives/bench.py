"""The directive that shows what `tutorial.py bench` has measured."""

import json
from typing import Any

from docutils import nodes

from directives.boxes import row, table_head
from directives.directive import CourseDirective
from directives.nodes import measurement

MEASURED = "measured/fan-out.json"
PLOT = "measured/fan-out.svg"


class Bench(CourseDirective):
    """`bench::`: the table, the plot, and the computer of the run on record."""

    def show(self) -> list[nodes.Node]:
        measured = json.loads(self.read(MEASURED))
        self.read(PLOT)
        shown = measurement("", measured=measured)
        self.set_source_info(shown)
        shown += self.parse(self.lines(measured))
        return [shown]

    def lines(self, measured: dict[str, Any]) -> list[str]:
        headings, *rows = measured["table"]
        table = table_head(*headings, widths="6 2 2 2 2 2 2")
        for cells in rows:
            table += row(*cells)
        memory = ", ".join(
            f"{size / 1024:.0f} KiB at {name}"
            for name, size in measured["memory"].items()
        )
        date, *computer = measured["machine"].values()
        packages = list(measured["machine"])[1:]
        here = ", ".join(map(" ".join, zip(packages, computer, strict=True)))
        return [
            *table,
            "",
            f".. image:: /{PLOT}",
            "   :alt: Deliveries a second in % of the ceiling, by members and load",
            "",
            f"An idle connection takes {memory}. Measured on {date}: {here}.",
        ]
