"""One run of `tutorial.py bench`, from the first server to the last figure."""

import tempfile
from pathlib import Path

import psutil
from django.core.management import CommandError
from rich.console import Console
from rich.progress import Progress

from chat.management.commands.loadtest import allow_files
from course.chapters import ROOT
from course.dev.bench.cells import (
    CROWD,
    CROWDS,
    LOADS,
    PLAN,
    PROJECTS,
    Cell,
    Crowd,
    measure_cells,
    measure_crowd,
)
from course.dev.bench.report import busiest, save, table_of, targets_of
from course.dev.bench.servers import run_redis
from course.errors import TutorialError

MEASURED = ROOT / "docs" / "measured"


def run() -> int:
    """Measure everything, save and show it, and return 0 if nothing is missed."""
    console = Console()
    try:
        # The largest rooms of all contenders are open at the same time.
        allow_files(6 * CROWD)
        cells, crowds = measure(console)
    except CommandError as error:
        raise TutorialError(str(error)) from None
    finally:
        # Ctrl-C may come while a server starts, before the block that ends it.
        servers = psutil.Process().children()
        for server in servers:
            server.kill()
        psutil.wait_procs(servers)

    save(cells, crowds, MEASURED)
    console.print(table_of(cells), busiest(cells))
    targets = list(targets_of(cells, crowds))
    for target in targets:
        word = "reached" if target.is_reached else "MISSED "
        console.print(f"{word}  {target.figure:>6}  {target.sentence}")
    console.print(f"Saved in {MEASURED.relative_to(ROOT)}/.")
    return 0 if all(target.is_reached for target in targets) else 1


def measure(console: Console) -> tuple[list[Cell], list[Crowd]]:
    """Measure every cell of the plan and every crowd, with a progress bar."""
    cells: list[Cell] = []
    crowds: list[Crowd] = []
    with (
        tempfile.TemporaryDirectory() as temporary,
        run_redis(Path(temporary)) as redis_url,
        Progress(console=console, transient=True) as progress,
    ):
        folder = Path(temporary)
        number = sum(len(sizes) * len(LOADS) for _, sizes in PLAN)
        rooms = progress.add_task("Rooms", total=number)
        crowding = progress.add_task("Crowds", total=CROWDS * len(PROJECTS))
        for setup, sizes in PLAN:
            cells += measure_cells(
                setup, sizes, redis_url, folder, lambda: progress.advance(rooms)
            )
        for _ in range(CROWDS):
            for name in PROJECTS:
                crowds.append(measure_crowd(name, CROWD, folder))
                progress.advance(crowding)
    return cells, crowds
