"""What `tutorial.py bench` tells: the table, the plot, and the targets."""

import datetime
import json
import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import pygal
from pygal.style import Style
from rich.table import Table

from course.dev.bench.cells import PROJECTS, Cell, Crowd
from course.dev.bench.servers import BARE, CEILING, Setup

PACKAGES = ["channels", "channels-redis", "daphne", "uvicorn", "websockets"]
# What is compared with what.
RATIOS = [("final", "cp4"), ("final", "cp5"), ("final", BARE), ("final", CEILING)]
# What the finished project is to reach, on Daphne without Redis.
LEAST: list[tuple[int, str, str, float]] = [
    (100, "quiet", "cp4", 3),
    (100, "loaded", "cp4", 4),
    (100, "quiet", CEILING, 0.55),
    (1000, "quiet", "cp4", 3),
    (1000, "loaded", "cp4", 4),
    (1000, "quiet", CEILING, 0.55),
    # What is missing here is the course's own cost; the rest is the server's.
    (100, "quiet", BARE, 0.8),
]
HEADINGS = ["Servers", "Members", "Load", *(f"{one} : {to}" for one, to in RATIOS)]
# Readable on white and on black.
GRAY = "#808080"
GRAY_PARTS = [
    *["foreground", "foreground_strong", "foreground_subtle"],
    *["guide_stroke_color", "major_guide_stroke_color"],
]
COLORS = ("#b0722a", "#3a8f5b", "#3f7fd0", "#9a9a9a")


@dataclass(frozen=True)
class Target:
    """Something to reach, and what was reached."""

    sentence: str
    figure: str
    is_reached: bool


def row_of(cell: Cell) -> list[str]:
    """What the table says of a cell, below the headings."""
    ratios = [figure(cell.ratio(one, to)) for one, to in RATIOS]
    return [str(cell.setup), f"{cell.members:,}", cell.load, *ratios]


def figure(ratio: float) -> str:
    """Two digits that mean something: 27, 4.4 or 0.42."""
    digits = 0 if ratio >= 10 else 1 if ratio >= 1 else 2
    return f"{ratio:.{digits}f}"


def table_of(cells: list[Cell]) -> Table:
    table = Table(title="How many times as many deliveries a second")
    for heading in HEADINGS:
        is_text = heading in {"Servers", "Load"}
        table.add_column(heading, justify="left" if is_text else "right")
    for cell in cells:
        table.add_row(*row_of(cell))
    return table


def busiest(cells: list[Cell]) -> str:
    """How far the clients themselves may have been the limit."""
    busy, name, cell = max(
        ((cell.busy(name), name, cell) for cell in cells for name in cell.rounds),
        key=lambda each: each[0],
    )
    return (
        f"The clients worked at most {busy:.0%} of the time ({name}, {cell.setup},"
        f" {cell.members:,} members, {cell.load}). Near 100 %, they are the limit."
    )


def targets_of(cells: list[Cell], crowds: list[Crowd]) -> Iterator[Target]:
    by_condition = {
        (cell.members, cell.load): cell for cell in cells if cell.setup == Setup()
    }
    for members, load, name, least in LEAST:
        ratio = by_condition[members, load].ratio("final", name)
        sentence = f"{members:,} members, {load}: final at least {least} times {name}"
        yield Target(sentence, f"{ratio:.2f}", ratio >= least)
    wrong = sum(cell.wrong for cell in cells)
    yield Target("nothing lost, doubled or out of order", f"{wrong:,}", not wrong)
    clients = crowds[0].clients
    lost = sum(crowd.lost for crowd in crowds)
    yield Target(
        f"none lost of {clients:,} that connect at once", f"{lost:,}", not lost
    )
    memory = memory_of(crowds)
    figure = memory["final"] / memory["cp4"]
    yield Target(
        "memory per idle connection: final at most cp4's", f"{figure:.2f}", figure <= 1
    )


def memory_of(crowds: list[Crowd]) -> dict[str, float]:
    """The median number of bytes that a connection takes, by project."""
    return {
        name: median(crowd.bytes_for_each for crowd in crowds if crowd.name == name)
        for name in PROJECTS
    }


def machine() -> dict[str, str]:
    return {
        "date": datetime.date.today().isoformat(),
        "processor": f"{os.cpu_count()} x {processor()}",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
    }


def processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or "unknown"


def save(cells: list[Cell], crowds: list[Crowd], folder: Path) -> None:
    """Write what was measured to the folder, for the chapter: data and a plot."""
    folder.mkdir(parents=True, exist_ok=True)
    data = [data_of(cell) for cell in cells]
    (folder / "fan-out.svg").write_bytes(plot_of(data))
    everything = {
        "machine": machine(),
        "table": [HEADINGS, *map(row_of, cells)],
        "cells": data,
        "memory": {name: round(size) for name, size in memory_of(crowds).items()},
        "targets": [vars(target) for target in targets_of(cells, crowds)],
    }
    text = json.dumps(everything, indent=2)
    (folder / "fan-out.json").write_text(f"{text}\n")


def data_of(cell: Cell) -> dict[str, Any]:
    return {
        **vars(cell.setup),
        "members": cell.members,
        "load": cell.load,
        "wrong": cell.wrong,
        "deliveries_per_second": {
            name: round(median(outcome.speed for outcome in outcomes))
            for name, outcomes in cell.rounds.items()
        },
        "clients_busy": {name: round(cell.busy(name), 2) for name in cell.rounds},
        "ratios": {f"{one}:{to}": round(cell.ratio(one, to), 3) for one, to in RATIOS},
    }


def plot_of(cells: list[dict[str, Any]]) -> bytes:
    """Bars for each project as a part of the ceiling, on Daphne without Redis."""
    here = vars(Setup())
    shown = [cell for cell in cells if cell.items() >= here.items()]
    style = Style(
        **dict.fromkeys(["background", "plot_background"], "transparent"),
        **dict.fromkeys(GRAY_PARTS, GRAY),
        colors=COLORS,
        opacity="1",
        label_font_size=12,
        major_label_font_size=12,
        legend_font_size=16,
        title_font_size=18,
    )
    # Without the script that Pygal would have the file load from its own site.
    chart = pygal.Bar(js=[], no_prefix=True, style=style)
    chart.height = 420
    chart.legend_at_bottom = True
    chart.legend_at_bottom_columns = 4
    chart.title = "Deliveries a second, in % of the ceiling"
    chart.x_title = "Members, load"
    chart.x_labels = [f"{cell['members']:,} {cell['load']}" for cell in shown]
    chart.truncate_label = -1
    speeds = [cell["deliveries_per_second"] for cell in shown]
    for name in [*PROJECTS, BARE]:
        chart.add(name, [round(100 * speed[name] / speed[CEILING]) for speed in speeds])
    return bytes(chart.render())
