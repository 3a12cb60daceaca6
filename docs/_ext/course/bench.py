"""The directive that shows what `tutorial.py bench` has measured."""

import json
from typing import Any

from docutils import nodes

from course.directive import CourseDirective
from course.nodes import measurement

MEASURED = "measured/fan-out.json"
PLOT = "measured/fan-out.svg"
TITLES = {
    "final:cp4": "final : cp4",
    "final:cp5": "final : cp5",
    "final:bare": "final : bare",
    "final:ceiling": "final : ceiling",
}


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
        head = [
            ".. list-table::",
            "   :header-rows: 1",
            "   :widths: 6 2 2 2 2 2 2",
            "",
        ]
        table = [row_of(["Servers", "Members", "Load", *TITLES.values()])]
        table += [row_of(cells_of(cell)) for cell in measured["cells"]]
        memory = ", ".join(
            f"{size / 1024:.0f} KiB at {name}"
            for name, size in measured["memory"].items()
        )
        date, *computer = measured["machine"].values()
        packages = list(measured["machine"])[1:]
        here = ", ".join(map(" ".join, zip(packages, computer, strict=True)))
        return [
            *head,
            *(f"   {line}" for row in table for line in row),
            "",
            f".. image:: /{PLOT}",
            "   :alt: Deliveries a second in % of the ceiling, by members and load",
            "",
            f"An idle connection takes {memory}. Measured on {date}: {here}.",
        ]


def cells_of(cell: dict[str, Any]) -> list[str]:
    """What a row of the table says."""
    number = "" if cell["processes"] == 1 else f", {cell['processes']} processes"
    return [
        f"{cell['server']}, {cell['layer']}{number}",
        f"{cell['members']:,}",
        cell["load"],
        *(figure(cell["ratios"][name]) for name in TITLES),
    ]


def figure(ratio: float) -> str:
    """Two digits that mean something: 27, 4.4 or 0.42."""
    digits = 0 if ratio >= 10 else 1 if ratio >= 1 else 2
    return f"{ratio:.{digits}f}"


def row_of(cells: list[str]) -> list[str]:
    first, *others = cells
    return [f"* - {first}", *(f"  - {cell}" for cell in others)]
