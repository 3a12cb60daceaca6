"""The projects that commands act on: a checkpoint's, and the learner's own.

Wherever two projects are compared, they are compared by `code_of`.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path

from course.chapters import FINAL, ROOT, Checkpoint, require_folder
from course.errors import TutorialError
from course.lines import Code, lines_of
from course.source import export, find_source, has_finished_project, tree_of_project

# Where a learner works in the course's repository.
MYCHAT = ROOT / "mychat"
DATABASE = "db.sqlite3"
# What programs leave in a project's folder and make anew whenever they need it.
CACHES = (
    "__pycache__",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".DS_Store",
    "loadtest.svg",
    "collected",
)
# What learners may have beside the project in its folder. No command touches it.
NOT_THE_PROJECT = (".git", ".idea", ".venv", ".vscode", "venv")
# What people have said in the chat, and what jobs have made of it.
STORED = (f"{DATABASE}*", "results")
# A chapter's ready-made files come in a *.zip. It belongs to no checkpoint.
NOT_COMPARED = (*CACHES, *NOT_THE_PROJECT, *STORED, "*.zip")


def find_project(cwd: Path) -> Path:
    """Return the folder of the project that one works on in this folder."""
    return project_around(cwd) or MYCHAT


def project_around(cwd: Path) -> Path | None:
    """Return the project in which this folder is: the nearest with a manage.py."""
    for folder in [cwd, *cwd.parents]:
        if folder == ROOT:
            return None
        # A learner's project may have lost anything, also its manage.py.
        if folder == MYCHAT or (folder / "manage.py").exists():
            return folder
    return None


def title_of(project: Path) -> str:
    """Return what to call a project's folder, up to the slash."""
    if project.is_relative_to(ROOT):
        project = project.relative_to(ROOT)
    return f"{project.as_posix()}/"


def require_project(project: Path) -> None:
    """Raise TutorialError unless there is something in this folder."""
    if has_project(project):
        return
    state = "is empty" if project.is_dir() else "is missing"
    raise TutorialError(
        f"The folder {title_of(project)}, in which you work, {state}. Put a checkpoint "
        "there, for example the first: python3 tutorial.py start start"
    )


def has_project(project: Path) -> bool:
    return project.is_dir() and any(map(is_of_project, project.iterdir()))


def is_of_project(path: Path) -> bool:
    return not any(fnmatch(path.name, pattern) for pattern in NOT_COMPARED)


def code_of(project: Checkpoint | Path) -> Code:
    """Return all lines of a project's own files, as two projects are compared.

    Raises TutorialError if a file cannot be read.
    """
    if isinstance(project, Path):
        return {
            file.relative_to(project).as_posix(): lines_of(content_of(file))
            for file in files_in(project)
        }
    if is_in_its_folder(project):
        require_folder(project)
        return code_of(project.folder)
    with tempfile.TemporaryDirectory() as temporary:
        copy_checkpoint(project, Path(temporary, project.name))
        return code_of(Path(temporary, project.name))


def files_in(folder: Path) -> Iterator[Path]:
    """Yield a project's files without what running it leaves, in order."""
    for child in filter(is_of_project, sorted(folder.iterdir())):
        if child.is_dir() and not child.is_symlink():
            yield from files_in(child)
        elif child.exists():
            yield child


def content_of(file: Path) -> bytes:
    # To read a pipe would wait for ever.
    if not file.is_file():
        raise TutorialError(f"{file} cannot be read: it is not a file.")
    try:
        return file.read_bytes()
    except OSError as error:
        raise TutorialError(f"{file} cannot be read: {error.strerror}.") from error


def is_in_its_folder(checkpoint: Checkpoint) -> bool:
    """Return whether a checkpoint's folder has its project.

    On a branch of the course, the folder of the finished project has another one.
    """
    return checkpoint.name != FINAL or has_finished_project()


def copy_checkpoint(checkpoint: Checkpoint, target: Path) -> None:
    """Copy a checkpoint's project to a folder that does not exist yet.

    Raises TutorialError if it cannot be copied.
    """
    if is_in_its_folder(checkpoint):
        copy_project(checkpoint.folder, target)
    else:
        export(tree_of_project(find_source(), checkpoint.name), target)


def copy_project(
    folder: Path,
    target: Path,
    without: tuple[str, ...] = (*CACHES, *STORED),
    copy_file: Callable[[str, str], object] = shutil.copy,
) -> None:
    """Copy a project without its caches and, if not told otherwise, what it stores.

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


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the content of every file of a copied project, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
