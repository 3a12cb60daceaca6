"""The course that the pages teach: its chapters, and the files of its checkpoints."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from course.chapters import Chapter, folder_of, read_chapters
from course.projects import files_in
from directives.errors import PageError

PIN = re.compile(r"^([a-z0-9-]+)==([^\s;]+)", re.MULTILINE)
WITH_EXTRAS = re.compile(r"^([\w-]+)(\[[\w,-]+\])", re.MULTILINE)

# What a file contains: its text, or its bytes if it is no text.
Content = str | bytes


class Course:
    """The course in the folder `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.chapters = read_chapters(root / "checkpoints" / "chapters.toml")
        self.exercises = root / "checkpoints" / "exercises"
        self._files: dict[str, dict[str, Content]] = {}

    @property
    def checkpoints(self) -> list[str]:
        return [chapter.ends_at for chapter in self.chapters]

    def chapter(self, page: str) -> Chapter:
        """Return the chapter of that page. Raises PageError if there is none."""
        for chapter in self.chapters:
            if chapter.page == page:
                return chapter
        pages = ", ".join(chapter.page for chapter in self.chapters)
        raise PageError(
            f"{page} is no chapter of checkpoints/chapters.toml: name one of {pages}."
        )

    def folder(self, checkpoint: str) -> Path:
        return folder_of(checkpoint, self.root)

    def files(self, checkpoint: str | None) -> dict[str, Content]:
        """Return the files of a checkpoint by path; none for no checkpoint.

        Raises PageError if there is no such checkpoint.
        """
        if checkpoint is None:
            return {}
        if checkpoint not in self.checkpoints:
            raise PageError(
                f"There is no checkpoint {checkpoint}: "
                f"name one of {', '.join(self.checkpoints)}."
            )
        if checkpoint not in self._files:
            folder = self.folder(checkpoint)
            self._files[checkpoint] = {
                file.relative_to(folder).as_posix(): content_of(file)
                for file in files_in(folder)
            }
        return self._files[checkpoint]

    def text(self, checkpoint: str, path: str) -> str:
        """Return the text of a file. Raises PageError if there is none."""
        require_inside(path)
        content = self.files(checkpoint).get(path)
        if not isinstance(content, str):
            raise PageError(
                f"There is no text file {path} in the checkpoint {checkpoint}: "
                "correct the path, which is relative to the project's folder."
            )
        return content

    def changes(self, chapter: Chapter) -> dict[str, str]:
        """Return what a chapter does to which file: create, edit or remove, by path."""
        before, after = self.files(chapter.starts_at), self.files(chapter.ends_at)
        changes = {}
        for path in sorted(before | after):
            if path not in before:
                changes[path] = "create"
            elif path not in after:
                changes[path] = "remove"
            elif before[path] != after[path]:
                changes[path] = "edit"
        return changes

    def requirements(self, chapters: Iterable[Chapter]) -> list[str]:
        """Return what these chapters add to the environment, each with its pin."""
        pins = dict(PIN.findall(self._requirements("txt")))
        extras = dict(WITH_EXTRAS.findall(self._requirements("in")))
        names = [name for chapter in chapters for name in chapter.requires]
        missing = [name for name in names if normalized(name) not in pins]
        if missing:
            raise PageError(f"requirements.txt does not pin {', '.join(missing)}.")
        return [
            f"{name}{extras.get(name, '')}=={pins[normalized(name)]}" for name in names
        ]

    def fingerprint(self) -> str:
        """Return a hash that differs whenever something that the pages show does."""
        digest = hashlib.sha256()
        chapters = self.root / "checkpoints" / "chapters.toml"
        digest.update(chapters.read_bytes())
        for ending in "txt", "in":
            digest.update(self._requirements(ending).encode())
        for checkpoint in self.checkpoints:
            digest.update(repr(self.files(checkpoint)).encode())
        for file in sorted(self.exercises.rglob("*.toml")):
            digest.update(file.read_bytes())
        return digest.hexdigest()

    def _requirements(self, ending: str) -> str:
        """Return what all files of requirements say."""
        files = sorted(self.root.glob(f"requirements*.{ending}"))
        return "".join(file.read_text(encoding="utf-8") for file in files)


def content_of(file: Path) -> Content:
    """Return a file's text, with plain newlines at the ends of all lines."""
    content = file.read_bytes()
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return content
    if "\0" in text:
        return content
    text = text.replace("\r\n", "\n")
    return text if not text or text.endswith("\n") else f"{text}\n"


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
