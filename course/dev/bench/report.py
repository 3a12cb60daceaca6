"""What `tutorial.py bench` tells: the table, the plot, and the targets."""

import datetime
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import pygal
from pygal.style import Style
from rich.console import Console
from rich.table import Table

from course.chapters import ROOT
from course.dev.bench.measure import LARGEST, Cell
from course.dev.bench.servers import BARE, CEILING, PROJECTS, Setup

MEASURED = ROOT / "docs" / "measured"
PACKAGES = ["channels", "channels-redis", "daphne", "uvicorn", "websockets"]
# What is compared with what.
RATIOS = [("final", "cp4"), ("final", "cp5"), ("final", BARE), ("final", CEILING)]
# What the finished project is to reach, on Daphne without Redis: so many times as much
# as that one, or as little.
AT_LEAST = [
    *[(members, "quiet", "cp4", 3.0) for members in (100, LARGEST)],
    *[(members, "loaded", "cp4", 4.0) for members in (100, LARGEST)],
    *[(members, "quiet", CEILING, 0.55) for members in (100, LARGEST)],
    # What is missing here is the course's own cost; the rest is the server's.
    (100, "quiet", BARE, 0.8),
]
HEADINGS = ["Servers", "Members", "Load", *(f"{one} : {to}" for one, to in RATIOS)]
# Readable on white and on black.
STYLE = Style(
    **dict.fromkeys(["background", "plot_background"], "transparent"),
    **dict.fromkeys(
        [
            *["foreground", "foreground_strong", "foreground_subtle"],
            *["guide_stroke_color", "major_guide_stroke_color"],
        ],
        "#808080",
    ),
    colors=("#b0722a", "#3a8f5b", "#3f7fd0", "#9a9a9a"),
    opacity="1",
    label_font_size=12,
    major_label_font_size=12,
    legend_font_size=16,
    title_font_size=18,
)


def report(cells: list[Cell], folder: Path = MEASURED) -> int:
    """Save what was measured, show it, and return 0 if no target is missed."""
    table = [HEADINGS, *map(row_of, cells)]
    targets = targets_of(cells)
    everything = {
        "machine": machine(),
        "table": table,
        "cells": [data_of(cell) for cell in cells],
        "memory": {name: round(memory_of(cells)[name]) for name in PROJECTS},
        "targets": targets,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "fan-out.svg").write_bytes(plot_of(cells))
    (folder / "fan-out.json").write_text(f"{json.dumps(everything, indent=2)}\n")

    console = Console()
    shown = Table(title="How many times as many deliveries a second")
    for heading in HEADINGS:
        is_text = heading in {"Servers", "Load"}
        shown.add_column(heading, justify="left" if is_text else "right")
    for row in table[1:]:
        shown.add_row(*row)
    console.print(shown, busiest(cells))
    for target in targets:
        word = "reached" if target["is_reached"] else "MISSED "
        console.print(f"{word}  {target['figure']:>6}  {target['sentence']}")
    console.print(f"Saved in {folder}.")
    return 0 if all(target["is_reached"] for target in targets) else 1


def row_of(cell: Cell) -> list[str]:
    """What the table says of a cell, below the headings."""
    ratios = [figure(cell.ratio(one, to)) for one, to in RATIOS]
    return [str(cell.setup), f"{cell.members:,}", cell.load, *ratios]


def figure(ratio: float) -> str:
    """Two digits that mean something: 27, 4.4 or 0.42."""
    digits = 0 if ratio >= 10 else 1 if ratio >= 1 else 2
    return f"{ratio:.{digits}f}"


def targets_of(cells: list[Cell]) -> list[dict[str, Any]]:
    """What is to be reached, and what was."""
    targets = []
    for members, load, name, least in AT_LEAST:
        [cell] = [
            it for it in on_daphne(cells) if (it.members, it.load) == (members, load)
        ]
        ratio = cell.ratio("final", name)
        sentence = f"{members:,} members, {load}: final at least {least:g} times {name}"
        targets.append((sentence, f"{ratio:.2f}", ratio >= least))
    wrong = sum(cell.wrong for cell in cells)
    targets.append(("nothing lost, doubled or out of order", f"{wrong:,}", not wrong))
    ratio = memory_of(cells)["final"] / memory_of(cells)["cp4"]
    sentence = "memory per idle connection: final at most cp4's"
    targets.append((sentence, f"{ratio:.2f}", ratio <= 1))
    keys = "sentence", "figure", "is_reached"
    return [dict(zip(keys, target, strict=True)) for target in targets]


def on_daphne(cells: list[Cell]) -> list[Cell]:
    """Those without Redis, which everything is compared with."""
    return [cell for cell in cells if cell.setup == Setup()]


def memory_of(cells: list[Cell]) -> dict[str, float]:
    """The bytes that a connection takes, by name: where there are most of them."""
    return max(on_daphne(cells), key=lambda cell: cell.members).memory


def busiest(cells: list[Cell]) -> str:
    """How far the clients themselves may have been the limit."""
    each = [(cell.busy(name), name, cell) for cell in cells for name in cell.rounds]
    busy, name, cell = max(each, key=lambda it: it[0])
    return (
        f"The clients worked at most {busy:.0%} of the time ({name}, {cell.setup},"
        f" {cell.members:,} members, {cell.load}). Near 100 %, they are the limit."
    )


def speeds_of(cell: Cell) -> dict[str, int]:
    """Deliveries a second, by name."""
    return {
        name: round(median(result.speed for result in rounds))
        for name, rounds in cell.rounds.items()
    }


def data_of(cell: Cell) -> dict[str, Any]:
    return {
        **vars(cell.setup),
        "members": cell.members,
        "load": cell.load,
        "wrong": cell.wrong,
        "deliveries_per_second": speeds_of(cell),
        "clients_busy": {name: round(cell.busy(name), 2) for name in cell.rounds},
        "ratios": {f"{one}:{to}": round(cell.ratio(one, to), 3) for one, to in RATIOS},
    }


def machine() -> dict[str, str]:
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text() if cpuinfo.exists() else ""
    models = [line for line in text.splitlines() if line.startswith("model name")]
    model = models[0].partition(":")[2].strip() if models else platform.processor()
    return {
        "date": datetime.date.today().isoformat(),
        "processor": f"{os.cpu_count()} x {model or 'unknown'}",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
    }


def plot_of(cells: list[Cell]) -> bytes:
    """Bars for each project as a part of the ceiling, on Daphne without Redis."""
    shown = on_daphne(cells)
    # Without the script that Pygal would have the file load from its own site.
    chart = pygal.Bar(js=[], no_prefix=True, style=STYLE)
    chart.height = 420
    chart.legend_at_bottom = True
    chart.legend_at_bottom_columns = 4
    chart.title = "Deliveries a second, in % of the ceiling"
    chart.x_title = "Members, load"
    chart.x_labels = [f"{cell.members:,} {cell.load}" for cell in shown]
    chart.truncate_label = -1
    speeds = [speeds_of(cell) for cell in shown]
    for name in [*PROJECTS, BARE]:
        chart.add(name, [round(100 * speed[name] / speed[CEILING]) for speed in speeds])
    return bytes(chart.render())
