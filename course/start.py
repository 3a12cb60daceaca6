"""`tutorial.py start`: put a checkpoint into mychat/, and save what is there."""

import datetime
import itertools
import shutil
import tempfile
from fnmatch import fnmatch
from pathlib import Path

from course.chapters import ROOT, Checkpoint, all_checkpoints, find_checkpoint
from course.errors import TutorialError
from course.projects import (
    CACHES,
    MYCHAT,
    NOT_THE_PROJECT,
    code_of,
    copy_checkpoint,
    copy_project,
    has_project,
)

SAVED = ROOT / "mychat-saved"
UNFINISHED = ".unfinished-"


def checkpoint_or_saved(name: str) -> Checkpoint | Path:
    """Return what is to be put into mychat/: a checkpoint, or a folder that was saved.

    Raises TutorialError if there is none of that name.
    """
    names = [checkpoint.name for checkpoint in all_checkpoints()]
    if name in names:
        return find_checkpoint(name)
    saved = [] if not SAVED.is_dir() else [it for it in SAVED.iterdir() if it.is_dir()]
    for folder in saved:
        if folder.name == name and not name.startswith(UNFINISHED):
            return folder
    raise TutorialError(
        f"There is no checkpoint {name!r}; choose one of {', '.join(names)}, or a "
        f"folder of {SAVED.name}/, where this command saves what it replaces."
    )


def start(wanted: Checkpoint | Path) -> int:
    """Put a checkpoint, or a project that was saved, into mychat/; return 0.

    Raises TutorialError if a file cannot be read or replaced; mychat/ is then as it
    was.
    """
    if MYCHAT.exists() and not MYCHAT.is_dir():
        raise TutorialError(f"{MYCHAT} is not a folder: move it away, and try again.")
    if has_project(MYCHAT) and code_of(MYCHAT) == code_of(wanted):
        print(f"{MYCHAT.name}/ is {wanted.name} already; nothing was changed.")
        return 0
    saved = ""
    with workplace() as temporary:
        new = Path(temporary, "new")
        if isinstance(wanted, Checkpoint):
            copy_checkpoint(wanted, new)
        else:
            copy_project(wanted, new, without=CACHES)
        if MYCHAT.is_dir() and any(map(is_to_be_saved, MYCHAT.iterdir())):
            saved = save(Path(temporary, "saved"))
            print(f"What is in {MYCHAT.name}/ is saved in {SAVED.name}/{saved}/.")
        replace(MYCHAT, new, Path(temporary, "old"))
    print(f"{MYCHAT.name}/ is {wanted.name} now.")
    if saved:
        print(f"To get back what was there: python3 tutorial.py start {saved}")
    return 0


def is_to_be_saved(path: Path) -> bool:
    left_out = *CACHES, *NOT_THE_PROJECT
    return not any(fnmatch(path.name, pattern) for pattern in left_out)


def workplace() -> tempfile.TemporaryDirectory[str]:
    """Return a new folder from which files can be renamed into mychat/."""
    try:
        SAVED.mkdir(exist_ok=True)
        return tempfile.TemporaryDirectory(
            prefix=UNFINISHED, dir=SAVED, ignore_cleanup_errors=True
        )
    except OSError as error:
        raise TutorialError(
            f"Nothing can be saved in {SAVED}, so nothing was changed: {error}"
        ) from error


def save(temporary: Path) -> str:
    """Copy all of mychat/ but its caches; return the name of the saved folder.

    It gets its name only once it is complete.
    """
    copy_project(MYCHAT, temporary, without=CACHES, copy_file=shutil.copy2)
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
