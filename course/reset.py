"""`tutorial.py reset`: put a checkpoint into chanx_django/, and save what is there."""

import datetime
import itertools
import shutil
import tempfile
from pathlib import Path

from course.chapters import FINAL, ROOT
from course.errors import TutorialError
from course.projects import (
    CACHES,
    MINE,
    NOT_THE_PROJECT,
    copy_checkpoint,
    copy_project,
    files_of,
    has_project,
    names_of_checkpoints,
    require_finished,
)

SAVED = ROOT / "chanx_django-saved"
UNFINISHED = ".unfinished-"


def reset(name: str) -> int:
    """Put a checkpoint, or a project that was saved, into chanx_django/; return 0.

    Raises TutorialError if there is none of that name, or a file cannot be read or
    replaced; chanx_django/ is then as it was.
    """
    require(name)
    if MINE.exists() and not MINE.is_dir():
        raise TutorialError(f"{MINE} is not a folder: move it away, and try again.")
    with workplace() as temporary:
        new = Path(temporary, "new")
        copy(name, new)
        if is_mine(new, Path(temporary, "mine")):
            print(f"{MINE.name}/ is {name} already; nothing was changed.")
            return 0
        saved = save(Path(temporary, "saved")) if has_project() else None
        if saved:
            print(f"What is in {MINE.name}/ is saved in {SAVED.name}/{saved}/.")
        replace(MINE, new, Path(temporary, "old"))
    print(f"{MINE.name}/ is {name} now.")
    if saved:
        print(f"To get back what was there: python3 tutorial.py reset {saved}")
    return 0


def require(name: str) -> None:
    names = names_of_checkpoints()
    if name not in [*names, *names_of_saved()]:
        raise TutorialError(
            f"There is no checkpoint {name!r}; choose one of {', '.join(names)}, or a "
            f"folder of {SAVED.name}/, where this command saves what it replaces."
        )
    if name == FINAL:
        require_finished()


def names_of_saved() -> list[str]:
    if not SAVED.is_dir():
        return []
    return [
        folder.name
        for folder in SAVED.iterdir()
        if folder.is_dir() and not folder.name.startswith(UNFINISHED)
    ]


def workplace() -> tempfile.TemporaryDirectory[str]:
    """Return a new folder from which files can be renamed into chanx_django/."""
    try:
        SAVED.mkdir(exist_ok=True)
        return tempfile.TemporaryDirectory(
            prefix=UNFINISHED, dir=SAVED, ignore_cleanup_errors=True
        )
    except OSError as error:
        raise TutorialError(
            f"Nothing can be saved in {SAVED}, so nothing was changed: {error}"
        ) from error


def copy(name: str, target: Path) -> None:
    if name in names_of_checkpoints():
        copy_checkpoint(name, target)
    else:
        copy_project(SAVED / name, target, without=CACHES)


def is_mine(project: Path, temporary: Path) -> bool:
    if not has_project():
        return False
    copy_project(MINE, temporary)
    return files_of(temporary) == files_of(project)


def save(temporary: Path) -> str:
    """Copy all of chanx_django/ but its caches; return the name of the saved folder.

    It gets its name only once it is complete.
    """
    copy_project(MINE, temporary, without=CACHES, copy_file=shutil.copy2)
    now = datetime.datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
    for number in itertools.count(1):
        name = now if number == 1 else f"{now}_{number}"
        if not (SAVED / name).exists():
            break
    temporary.rename(SAVED / name)
    return name


def replace(folder: Path, new: Path, old: Path) -> None:
    """Move what is in the folder to `old`, and what is in `new` into the folder.

    The folder itself stays, because the learner's terminal may be in it. If anything
    goes wrong, everything is moved back. Raises TutorialError if a file cannot be
    moved.
    """
    names = [child.name for child in new.iterdir()]
    try:
        folder.mkdir(exist_ok=True)
        old.mkdir()
        move_all(folder, old)
        move_all(new, folder)
    except BaseException as error:
        put_back(folder, [name for name in names if not (new / name).exists()], old)
        if not isinstance(error, OSError):
            raise
        raise TutorialError(
            f"{folder.name}/ is as it was, because something in it cannot be replaced; "
            f"close the programs that use it, and try again. {error}"
        ) from error


def put_back(folder: Path, names_of_new: list[str], old: Path) -> None:
    try:
        for name in names_of_new:
            remove(folder / name)
        if old.exists():
            move_all(old, folder)
    except OSError as error:
        raise TutorialError(
            f"{folder.name}/ is incomplete, because something in it can be neither "
            f"replaced nor put back. All of it is saved, as said above. {error}"
        ) from error


def remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def move_all(source: Path, target: Path) -> None:
    for child in list(source.iterdir()):
        if child.name not in NOT_THE_PROJECT:
            child.rename(target / child.name)
