"""Copies of the projects: of every checkpoint, and of the learner's own."""

import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from course.chapters import (
    FINAL,
    ROOT,
    all_checkpoints,
    find_checkpoint,
    load_chapters,
)
from course.errors import TutorialError
from course.git import git, is_clone
from course.source import FINISHED, find_source, tree_of_project

MINE = ROOT / FINISHED
DATABASE = "db.sqlite3"
# What running a project leaves in its folder. It belongs to no checkpoint.
CACHES = (
    "__pycache__",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".DS_Store",
    "loadtest.svg",
)
# What learners may have beside the project in its folder. No command touches it.
NOT_THE_PROJECT = (".git", ".idea", ".venv", ".vscode", "venv")


def copy_checkpoint(name: str, target: Path) -> None:
    """Copy a checkpoint's project to a folder that does not exist yet.

    The finished project comes from Git, because its folder is the one that learners
    work in. Without Git, it is what is there, unless that is surely something else.

    Raises TutorialError if there is no such checkpoint, or it cannot be copied.
    """
    if name == FINAL and is_clone():
        export(tree_of_project(find_source(), FINAL), target)
        return
    if name == FINAL and not may_be_finished():
        require_finished()
    copy_project(find_checkpoint(name).folder, target)


def copy_project(
    folder: Path,
    target: Path,
    without: tuple[str, ...] = (*CACHES, DATABASE),
    copy_file: Callable[[str, str], object] = shutil.copy,
) -> None:
    """Copy a project without its caches and, if not told otherwise, its database.

    The files of the copy are as old as the copy, so that a server that watches them
    notices. Raises TutorialError if one cannot be copied.
    """
    try:
        shutil.copytree(
            folder,
            target,
            symlinks=True,
            ignore=shutil.ignore_patterns(*without, *NOT_THE_PROJECT),
            copy_function=copy_file,
        )
    except shutil.Error as error:
        source, _, reason = error.args[0][0]
        raise TutorialError(f"{source} cannot be copied: {reason}") from error
    except OSError as error:
        raise TutorialError(f"{folder} cannot be copied: {error}") from error


def export(tree: str, target: Path) -> None:
    """Write the files of a Git tree to a folder. Raises TutorialError if Git fails."""
    with tempfile.TemporaryDirectory() as temporary:
        index = {"GIT_INDEX_FILE": str(Path(temporary, "index"))}
        git("read-tree", tree, environment=index)
        prefix = f"--prefix={target.as_posix()}/"
        git("checkout-index", "--all", prefix, environment=index)


def names_of_checkpoints() -> list[str]:
    return [checkpoint.name for checkpoint in all_checkpoints()]


def has_project() -> bool:
    """Return whether there is anything of the learner's in chanx_django/."""
    nothing = {*CACHES, *NOT_THE_PROJECT, DATABASE}
    return MINE.is_dir() and any(child.name not in nothing for child in MINE.iterdir())


def require_project() -> None:
    """Raise TutorialError unless there is something in chanx_django/."""
    if has_project():
        return
    state = "is empty" if MINE.is_dir() else "is missing"
    raise TutorialError(
        f"The folder {FINISHED}/, in which you work, {state}. Put a checkpoint there, "
        "for example the first: python3 tutorial.py reset start"
    )


def may_be_finished() -> bool:
    """Return whether chanx_django/ names a package that only the finished project has.

    That is all that can be told without Git.
    """
    packages = map(re.escape, load_chapters()[-1].requires)
    named = re.compile(rf"\b({'|'.join(packages)})\b".encode())
    files = (
        file for part in ("chat", "config") for file in (MINE / part).rglob("*.py")
    )
    return any(named.search(read(file) or b"") for file in files)


def require_finished() -> None:
    """Raise TutorialError if nobody knows what the finished project was."""
    if not is_clone():
        raise TutorialError(
            f"Without a Git clone, the finished project is only in {FINISHED}/, and "
            "what is there now may be yours. 'tutorial.py reset' saves whatever it "
            f"replaces in {FINISHED}-saved/: look there."
        )


def read(file: Path) -> bytes | None:
    """Return what is in a file, None if it can't be read."""
    try:
        return file.read_bytes()
    except OSError:
        return None


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the content of every file of a copied project, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def environment() -> dict[str, str]:
    """The reader's environment without what would change the projects' settings."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("DJANGO_")
        and name not in {"REDIS_URL", "PYTEST_ADDOPTS"}
    }
