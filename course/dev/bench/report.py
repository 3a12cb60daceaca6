"""What `tutorial.py bench` tells: the table, the plot, and the targets."""

import datetime
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pygal
from pygal.style import Style
from rich.console import Console
from rich.table import Table

from course.chapters import ROOT
from course.dev.bench.measure import LARGEST, Cell
from course.dev.bench.servers import BARE, BEFORE, CEILING, PROJECTS, Setup

MEASURED = ROOT / "docs" / "measured"
PACKAGES = ["channels", "channels-redis", "daphne", "uvicorn", "websockets"]
# What is compared with what.
RATIOS = [("final", "cp4"), ("final", BEFORE), ("final", BARE), ("final", CEILING)]
# Of so many deliveries as another one makes, the least that the finished project is to
# make, on Daphne without Redis: members, load, the other one, how many times as many.
AT_LEAST = [
    *[(members, "quiet", "cp4", 3.0) for members in (100, LARGEST)],
    *[(members, "loaded", "cp4", 4.0) for members in (100, LARGEST)],
]
HEADINGS = ["Servers", "Members", "Load", *(f"{one} : {to}" for one, to in RATIOS)]
# Readable on white and on black.
GRAY = "#808080"
STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground=GRAY,
    foreground_strong=GRAY,
    foreground_subtle=GRAY,
    guide_stroke_color=GRAY,
    major_guide_stroke_color=GRAY,
    colors=("#b0722a", "#3a8f5b", "#3f7fd0", "#9a9a9a"),
    opacity="1",
    label_font_size=12,
    major_label_font_size=12,
)


def report(cells: list[Cell], folder: Path = MEASURED) -> int:
    """Save what was measured, show it, and return 0 if no target is missed."""
    everything = {
        "machine": machine(),
        "table": [HEADINGS, *map(row_of, cells)],
        "cells": [{"wrong": cell.wrong} for cell in cells],
        "memory": {name: round(largest(cells).memory[name]) for name in PROJECTS},
        "targets": targets_of(cells),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "fan-out.svg").write_bytes(plot_of(cells))
    (folder / "fan-out.json").write_text(f"{json.dumps(everything, indent=2)}\n")

    console = Console()
    table = Table(*HEADINGS, title="How many times as many deliveries a second")
    for row in map(row_of, cells):
        table.add_row(*row)
    console.print(table, busiest(cells))
    for target in targets_of(cells):
        word = "reached" if target["is_reached"] else "MISSED "
        console.print(f"{word}  {target['figure']:>6}  {target['sentence']}")
    console.print(f"Saved in {folder}.")
    return 0 if all(target["is_reached"] for target in targets_of(cells)) else 1


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
    by_condition = {(cell.members, cell.load): cell for cell in on_daphne(cells)}
    found: list[tuple[str, str, bool]] = []
    for members, load, name, least in AT_LEAST:
        ratio = by_condition[members, load].ratio("final", name)
        sentence = f"{members:,} members, {load}: final at least {least:g} times {name}"
        found.append((sentence, f"{ratio:.2f}", ratio >= least))
    wrong = sum(cell.wrong for cell in cells)
    found.append(("nothing lost, doubled or out of order", f"{wrong:,}", not wrong))
    crowd = largest(cells)
    lost = sum(crowd.refused[name] for name in PROJECTS)
    sentence = f"none lost of {crowd.members:,} that connect at once"
    found.append((sentence, f"{lost:,}", not lost))
    ratio = crowd.memory["final"] / crowd.memory["cp4"]
    sentence = "memory per idle connection: final at most cp4's"
    found.append((sentence, f"{ratio:.2f}", ratio <= 1))
    keys = "sentence", "figure", "is_reached"
    return [dict(zip(keys, target, strict=True)) for target in found]


def on_daphne(cells: list[Cell]) -> list[Cell]:
    """Those without Redis, which everything is compared with."""
    return [cell for cell in cells if cell.setup == Setup()]


def largest(cells: list[Cell]) -> Cell:
    """Return where the most connect at once, which tells best what each costs."""
    return max(on_daphne(cells), key=lambda cell: cell.members)


def busiest(cells: list[Cell]) -> str:
    """How far the clients themselves may have been the limit."""
    each = [(cell.busy(name), name, cell) for cell in cells for name in cell.rounds]
    busy, name, cell = max(each, key=lambda it: it[0])
    return (
        f"The clients worked at most {busy:.0%} of the time ({name}, {cell.setup},"
        f" {cell.members:,} members, {cell.load}). Near 100 %, they are the limit."
    )


def machine() -> dict[str, str]:
    model = platform.processor()
    if (cpuinfo := Path("/proc/cpuinfo")).exists():
        model = cpuinfo.read_text().partition("model name\t: ")[2].partition("\n")[0]
    return {
        "date": datetime.date.today().isoformat(),
        "processor": f"{os.cpu_count()} x {model or 'unknown'}",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
    }


def plot_of(cells: list[Cell]) -> bytes:
    """Bars for each project as a part of the ceiling, on Daphne without Redis."""
    # Without the script that Pygal would have the file load from its own site.
    chart = pygal.Bar(js=[], no_prefix=True, style=STYLE, height=420)
    chart.legend_at_bottom = True
    chart.legend_at_bottom_columns = 4
    chart.title = "Deliveries a second, in % of the ceiling"
    chart.x_title = "Members, load"
    shown = on_daphne(cells)
    chart.x_labels = [f"{cell.members:,} {cell.load}" for cell in shown]
    chart.truncate_label = -1
    for name in [*PROJECTS, BARE]:
        parts = [100 * cell.speed(name) / cell.speed(CEILING) for cell in shown]
        chart.add(name, [*map(round, parts)])
    return bytes(chart.render())
