"""`tutorial.py diff`: what differs between two checkpoints, or mine and one."""

import difflib
import os
import signal
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from course.chapters import FINAL
from course.errors import TutorialError
from course.git import has_git, is_clone, own_environment, require_clone
from course.projects import (
    MINE,
    copy_checkpoint,
    copy_project,
    files_of,
    has_project,
    names_of_checkpoints,
    require_finished,
    require_project,
)
from course.source import has_finished_project

MY_NAME = "mine"
SAME, DIFFERENT = 0, 1
COLORS = {"+": "green", "-": "red", "@": "cyan"}


def diff(before: str | None, after: str | None) -> int:
    """Show what leads from one project to another, and return 0.

    Each is the name of a checkpoint or "mine", which is what is in chanx_django/ and
    stands for a second one that is left out. Without the first, it is the checkpoint
    that differs least from mine.

    Raises TutorialError if a name is unknown or there is no project of the learner's.
    """
    after = MY_NAME if after is None else after
    for name in MY_NAME if before is None else before, after:
        require(name)
    if {before, after} == {MY_NAME, FINAL}:
        require_finished()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if before is None:
            before = nearest(folder)
            print(f"The checkpoint that differs least from yours is {before}.")
        for name in before, after:
            copy(name, folder)
        if files_of(folder / before) == files_of(folder / after):
            print(f"There is no difference between {before} and {after}.")
        elif has_git():
            show_with_git(before, after, folder)
        else:
            show_without_git(before, after, folder)
    return 0


def require(name: str) -> None:
    if name == MY_NAME:
        require_project()
    elif name not in (names := names_of_checkpoints()):
        raise TutorialError(
            f"There is no checkpoint {name!r}; choose one of {', '.join(names)}, or "
            f"{MY_NAME!r} for what is in {MINE.name}/."
        )


def copy(name: str, folder: Path) -> None:
    """Copy a project into its subfolder, unless it is there already."""
    if (folder / name).exists():
        return
    if name == MY_NAME:
        copy_project(MINE, folder / name)
    else:
        copy_checkpoint(name, folder / name)


def nearest(folder: Path) -> str:
    """Return the checkpoint that differs least from mine, the earliest of several.

    Without Git it is not the finished project, which is then not known.
    """
    names = names_of_checkpoints()
    if not is_clone():
        names.remove(FINAL)
    for name in MY_NAME, *names:
        copy(name, folder)
    mine = files_of(folder / MY_NAME)
    return min(names, key=lambda name: distance(files_of(folder / name), mine))


def same_as_mine() -> str | None:
    """Return the checkpoint whose files are those in chanx_django/, if there is one."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        name = nearest(folder)
        is_same = files_of(folder / name) == files_of(folder / MY_NAME)
    return name if is_same else None


def is_finished_project_in_place() -> bool:
    """Return whether chanx_django/ has the finished project, or one on the way to it.

    So it is where nobody can tell, because there is no Git clone.
    """
    try:
        require_clone()
    except TutorialError:
        return True
    if not (has_finished_project() and has_project()):
        return False
    with tempfile.TemporaryDirectory() as temporary:
        return nearest(Path(temporary)) == FINAL


def distance(these: dict[str, bytes], those: dict[str, bytes]) -> int:
    """Return how many lines are in these files and not in those, or the reverse."""
    total = 0
    for path in these.keys() | those.keys():
        lines = Counter(these.get(path, b"").splitlines())
        lines.subtract(those.get(path, b"").splitlines())
        total += sum(map(abs, lines.values()))
    return total


def show_with_git(before: str, after: str, folder: Path) -> None:
    """Have Git show the difference, with the colors and the pager it is set up for."""
    options = ["--no-index", "--no-prefix", "--no-ext-diff"]
    # What was printed so far comes first, also into a file.
    print(end="", flush=True)
    finished = subprocess.run(
        ["git", "-c", "core.quotePath=off", "diff", *options, "--", before, after],
        cwd=folder,
        env=own_environment(),
        stdin=subprocess.DEVNULL,
    )
    # Whoever looks only at the beginning, as with `| head`, has seen enough.
    was_cut_short = os.name == "posix" and finished.returncode == -signal.SIGPIPE
    if finished.returncode not in {SAME, DIFFERENT} and not was_cut_short:
        raise TutorialError("Git could not compare them, for the reason named above.")


def show_without_git(before: str, after: str, folder: Path) -> None:
    # Its import takes as long as all the rest of this command.
    from rich.console import Console

    console = Console()
    these, those = files_of(folder / before), files_of(folder / after)
    for path in sorted(these.keys() | those.keys()):
        contents = these.get(path, b""), those.get(path, b"")
        for line in difference(*contents, f"{before}/{path}", f"{after}/{path}"):
            console.out(line, style=COLORS.get(line[:1]), highlight=False)


def difference(these: bytes, those: bytes, before: str, after: str) -> list[str]:
    """Return the lines of a unified diff of two files."""
    try:
        old, new = these.decode().splitlines(), those.decode().splitlines()
    except UnicodeDecodeError:
        same = these == those
        return [] if same else [f"Binary files {before} and {after} differ"]
    return list(difflib.unified_diff(old, new, before, after, lineterm=""))
