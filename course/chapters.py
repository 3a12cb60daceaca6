"""The chapters of the course and the checkpoints between them."""

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

from course.errors import TutorialError

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS_FILE = ROOT / "checkpoints" / "chapters.toml"
FINAL = "final"


@dataclass(frozen=True)
class Chapter:
    """One entry of chapters.toml, where each field is explained."""

    page: str
    title: str
    ends_at: str
    summary: str
    requires: list[str]
    starts_at: str | None = None


@dataclass(frozen=True)
class Checkpoint:
    """A runnable Django project: what a reader has at the end of a chapter."""

    name: str
    chapter: Chapter

    @property
    def folder(self) -> Path:
        return folder_of(self.name)

    @property
    def packages(self) -> list[str]:
        """The packages that this chapter and the ones before it require."""
        chapters = load_chapters()
        so_far = chapters[: chapters.index(self.chapter) + 1]
        return [package for chapter in so_far for package in chapter.requires]


def folder_of(checkpoint: str, root: Path = ROOT) -> Path:
    """Return where the project of that checkpoint is in the course at `root`."""
    if checkpoint == FINAL:
        return root / "chanx_django"
    return root / "checkpoints" / checkpoint


@functools.cache
def load_chapters() -> tuple[Chapter, ...]:
    """Return the chapters in the order in which they are read.

    Raises TutorialError if chapters.toml is not what it should be.
    """
    return read_chapters(CHAPTERS_FILE)


def read_chapters(file: Path) -> tuple[Chapter, ...]:
    """Return the chapters that the file lists.

    Raises TutorialError if it is not what chapters.toml explains.
    """
    return parse_chapters(file.read_text(encoding="utf-8"))


def parse_chapters(toml: str) -> tuple[Chapter, ...]:
    """Return the chapters that a text lists, in the same way."""
    try:
        entries = tomllib.loads(toml)["chapter"]
        return tuple(Chapter(**entry) for entry in entries)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise TutorialError(f"Correct checkpoints/chapters.toml: {error}") from error


def all_checkpoints() -> list[Checkpoint]:
    """Return every checkpoint, the finished project last."""
    return [Checkpoint(chapter.ends_at, chapter) for chapter in load_chapters()]


def find_checkpoint(name: str) -> Checkpoint:
    """Return the checkpoint of that name.

    Raises TutorialError if there is none, or if its folder is missing.
    """
    checkpoints = {checkpoint.name: checkpoint for checkpoint in all_checkpoints()}
    if name not in checkpoints:
        raise TutorialError(
            f"There is no checkpoint {name!r}; choose one of {', '.join(checkpoints)}."
        )
    require_folder(checkpoints[name])
    return checkpoints[name]


def require_folder(checkpoint: Checkpoint) -> None:
    """Raise TutorialError if a checkpoint's folder is missing."""
    if not checkpoint.folder.is_dir():
        raise TutorialError(
            f"The folder of {checkpoint.name}, {checkpoint.folder}, is missing; get it "
            "back with git checkout."
        )
