"""The course that the pages teach: its chapters, and the files of its checkpoints."""

import hashlib
import re
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from course.chapters import Chapter, folder_of, read_chapters
from directives.errors import PageError

PIN = re.compile(r"^([a-z0-9-]+)==([^\s;]+)", re.MULTILINE)
WITH_EXTRAS = re.compile(r"^([\w-]+)(\[[\w,-]+\])", re.MULTILINE)


class Change(StrEnum):
    """What a chapter does to a file, by the name of the step that does it."""

    CREATE = "create"
    EDIT = "edit"
    REMOVE = "remove"


class Course:
    """The course in the folder `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.chapters = read_chapters(root / "checkpoints" / "chapters.toml")
        self._files: dict[str, dict[str, str]] = {}

    @property
    def checkpoints(self) -> list[str]:
        return [chapter.ends_at for chapter in self.chapters]

    def chapter(self, page: str) -> Chapter:
        """Return the chapter of that page. Raises PageError if there is none."""
        for chapter in self.chapters:
            if chapter.page == page:
                return chapter
        raise PageError(
            f"{page} is no chapter of checkpoints/chapters.toml: name one of "
            f"{listed(chapter.page for chapter in self.chapters)}."
        )

    def neighbors(self, chapter: Chapter) -> tuple[Chapter | None, Chapter | None]:
        """Return the chapter before that one and the chapter after it."""
        number = self.chapters.index(chapter)
        before = self.chapters[number - 1] if number else None
        after = self.chapters[number + 1 : number + 2]
        return before, after[0] if after else None

    def files(self, checkpoint: str | None) -> dict[str, str]:
        """Return the files of a checkpoint by path; none for no checkpoint.

        Raises PageError if there is no such checkpoint or a file cannot be shown.
        """
        if checkpoint is None:
            return {}
        if checkpoint not in self.checkpoints:
            raise PageError(
                f"There is no checkpoint {checkpoint}: "
                f"name one of {listed(self.checkpoints)}."
            )
        if checkpoint not in self._files:
            self._files[checkpoint] = read_files(folder_of(checkpoint, self.root))
        return self._files[checkpoint]

    def file(self, checkpoint: str, path: str) -> str:
        """Return a file of a checkpoint. Raises PageError if it is not there."""
        require_inside(path)
        files = self.files(checkpoint)
        if path not in files:
            raise PageError(
                f"There is no file {path} in the checkpoint {checkpoint}: "
                "correct the path, which is relative to the project's folder."
            )
        return files[path]

    def changes(self, chapter: Chapter) -> dict[str, Change]:
        """Return what happens to which file in a chapter, by path."""
        before, after = self.files(chapter.starts_at), self.files(chapter.ends_at)
        changes = {}
        for path in sorted(before | after):
            if path not in before:
                changes[path] = Change.CREATE
            elif path not in after:
                changes[path] = Change.REMOVE
            elif before[path] != after[path]:
                changes[path] = Change.EDIT
        return changes

    def requirements(self, chapters: Iterable[Chapter]) -> list[str]:
        """Return what these chapters add to the environment, each with its pin."""
        pins = dict(PIN.findall(self._requirements("txt")))
        extras = dict(WITH_EXTRAS.findall(self._requirements("in")))
        names = [name for chapter in chapters for name in chapter.requires]
        missing = [name for name in names if normalized(name) not in pins]
        if missing:
            raise PageError(f"requirements.txt does not pin {listed(missing)}.")
        return [
            f"{name}{extras.get(name, '')}=={pins[normalized(name)]}" for name in names
        ]

    def fingerprint(self) -> str:
        """Return a hash that differs whenever something that the pages show does."""
        digest = hashlib.sha256()
        digest.update(self._read("checkpoints/chapters.toml").encode())
        for suffix in "txt", "in":
            digest.update(self._requirements(suffix).encode())
        for checkpoint in self.checkpoints:
            digest.update(repr(self.files(checkpoint)).encode())
        return digest.hexdigest()

    def _requirements(self, suffix: str) -> str:
        """Return what the chat requires, and then what the course does."""
        files = f"requirements.{suffix}", f"requirements-course.{suffix}"
        return "".join(map(self._read, files))

    def _read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")


def read_files(folder: Path) -> dict[str, str]:
    """Return what the files in a folder contain, without what running it leaves there.

    Raises PageError for a file that no page can show: one that is not UTF-8, or whose
    last line does not end.
    """
    files = {}
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder).as_posix()
        if not file.is_file() or is_left_behind(path):
            continue
        try:
            text = file.read_bytes().decode()
        except UnicodeDecodeError as error:
            raise PageError(f"{file} is not UTF-8: a page cannot show it.") from error
        if "\r" in text or (text and not text.endswith("\n")):
            raise PageError(
                f"{file} has a line that does not end with a plain newline, "
                "and no page can show that: correct the file."
            )
        files[path] = text
    return files


def is_left_behind(path: str) -> bool:
    parts = path.split("/")
    is_cache = any(part.startswith(".") or part == "__pycache__" for part in parts)
    return is_cache or path.endswith(".sqlite3")


def require_inside(path: str) -> None:
    """Raise PageError unless the path is plainly one inside the project."""
    if path.startswith(("/", "~")) or "\\" in path or ".." in path.split("/"):
        raise PageError(
            f"{path} is outside the project: write the path relative to the project's "
            "folder, like chat/consumers.py."
        )


def normalized(name: str) -> str:
    """Return a package's name as requirements.txt writes it."""
    return re.sub("[-_.]+", "-", name).lower()


def listed(names: Iterable[str]) -> str:
    return ", ".join(names)
