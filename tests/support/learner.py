"""A learner's project in any folder, and what `check` says of it."""

from pathlib import Path

import pytest

from course.chapters import ROOT, find_checkpoint
from course.check import check
from course.projects import copy_checkpoint, files_of

URLS = "config/urls.py"


class Learner:
    """Somebody who has the folder mychat/ before them."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.project = folder / "mychat"
        self._capsys = capsys

    def start(self, checkpoint: str) -> None:
        copy_checkpoint(find_checkpoint(checkpoint), self.project)

    def replace(self, path: str, right: str, wrong: str) -> int:
        """Change a line, and return its number."""
        file = self.project / path
        text = file.read_text()
        assert text.count(right) == 1
        file.write_text(text.replace(right, wrong))
        return text.partition(right)[0].count("\n") + 1

    def append(self, path: str, code: str) -> int:
        """Add code to a file, and return the number of its first line."""
        file = self.project / path
        text = file.read_text()
        file.write_text(f"{text}{code}\n")
        return text.count("\n") + 1

    def check(self, checkpoint: str | None = None, status: int = 1) -> str:
        """Return what is said of the project, whose files are left as they are."""
        before = files_of(self.project)
        goal = find_checkpoint(checkpoint) if checkpoint else None
        assert check(self.project, goal) == status
        assert files_of(self.project) == before
        output = self._capsys.readouterr().out.replace(f"{self.project}/", "mychat/")
        # The copy in which the tests ran is nothing to a learner, nor is pytest.
        assert "/tmp" not in output.replace(str(ROOT), "")
        assert "INTERNALERROR" not in output
        return output
