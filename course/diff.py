"""`tutorial.py diff`: what differs between two checkpoints, or mine and one."""

import difflib
from pathlib import Path

from rich.console import Console

from course.chapters import Checkpoint, all_checkpoints
from course.lines import NO_TEXT, Code, distance
from course.projects import code_of, require_project

MINE = "mine"
COLORS = {"+": "green", "-": "red", "@": "cyan"}


def diff(before: Checkpoint | Path | None, after: Checkpoint | Path) -> int:
    """Show what leads from one project to another, and return 0.

    Each is a checkpoint or the folder of the learner's project. Without the first, it
    is the checkpoint that differs least.

    Raises TutorialError if there is no project of the learner's.
    """
    for project in before, after:
        if isinstance(project, Path):
            require_project(project)
    new = code_of(after)
    if before is None:
        before = nearest_checkpoint(new)
        print(f"The checkpoint that differs least from yours is {before.name}.")
    old = code_of(before)
    if old == new:
        print(f"There is no difference between {name(before)} and {name(after)}.")
    console = Console()
    for path in sorted(old.keys() | new.keys()):
        if path not in old or path not in new:
            # A file may be empty, and matter.
            show(f"Only in {name(after if path in new else before)}: {path}", console)
        names = f"{name(before)}/{path}", f"{name(after)}/{path}"
        for line in difference(old.get(path, []), new.get(path, []), *names):
            show(line, console)
    return 0


def show(line: str, console: Console) -> None:
    """Print a line, in color on a terminal."""
    if console.is_terminal:
        console.out(line, style=COLORS.get(line[:1]), highlight=False)
    else:
        print(line)


def name(project: Checkpoint | Path) -> str:
    return MINE if isinstance(project, Path) else project.name


def nearest_checkpoint(mine: Code) -> Checkpoint:
    """Return the checkpoint that differs least from mine, the earliest of several."""
    return min(
        all_checkpoints(),
        key=lambda checkpoint: distance(code_of(checkpoint), mine),
    )


def difference(old: list[str], new: list[str], before: str, after: str) -> list[str]:
    """Return the lines of a unified diff of two files."""
    if not any(line.startswith(NO_TEXT) for line in [*old[:1], *new[:1]]):
        return list(difflib.unified_diff(old, new, before, after, lineterm=""))
    return [] if old == new else [f"Binary files {before} and {after} differ"]
