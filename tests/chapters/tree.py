"""The tree of a project, and whether it is what it should be."""

from pathlib import Path

from course.projects import files_in
from tests.chapters.failures import Failure


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a project and what is in them."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in files_in(folder)
    }


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
