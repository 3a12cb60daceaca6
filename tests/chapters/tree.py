"""The tree of a project, and whether it is what it should be."""

from pathlib import Path

from tests.chapters.failures import Failure

# What tools leave behind; neither a checkpoint nor a page has any of it.
LEFT_BEHIND = {".venv", ".git", "__pycache__", "db.sqlite3", "loadtest.svg"}


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a project and what is in them."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        and not any(map(is_left_behind, file.relative_to(folder).parts))
    }


def is_left_behind(name: str) -> bool:
    return name in LEFT_BEHIND or (name.startswith(".") and name.endswith("_cache"))


def left_behind(folder: str, names: list[str]) -> set[str]:
    """What shutil.copytree is to ignore."""
    return {name for name in names if is_left_behind(name)}


def compare(folder: Path, checkpoint: Path) -> None:
    """Raises Failure with the first difference of two projects."""
    got, expected = files_of(folder), files_of(checkpoint)
    for path in sorted(got.keys() | expected.keys()):
        if path not in got:
            raise Failure(f"the reader's folder has no {path}, but the checkpoint has")
        if path not in expected:
            raise Failure(f"the reader's folder has {path}, but the checkpoint has not")
        if got[path] != expected[path]:
            raise Failure(
                f"the reader's {path} is not the checkpoint's",
                expected[path].decode(errors="replace"),
                got[path].decode(errors="replace"),
            )
