"""Git repositories with the course in them, to do to them what learners do."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.chapters import ROOT, folder_of
from tutorial import RUN_COURSE

NOT_COPIED = shutil.ignore_patterns(
    "__pycache__", ".*_cache", ".venv", ".git", "*.sqlite3", "_build", "*.png"
)
# What the commands need, and a page, so that not everything is a project.
PARTS = [
    *[
        "tutorial.py",
        "requirements.txt",
        "requirements-course.txt",
        "README.md",
        ".gitignore",
        ".gitattributes",
    ],
    *["checkpoints", "course", "chanx_django", "docs/tutorial"],
]
# The longest command fetches all packages of the course.
SECONDS = 300
LEARNER = {
    "GIT_AUTHOR_NAME": "Learner",
    "GIT_AUTHOR_EMAIL": "learner@example.com",
    "GIT_COMMITTER_NAME": "Learner",
    "GIT_COMMITTER_EMAIL": "learner@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    # So that what a command leaves behind is its own doing.
    "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclass(frozen=True)
class Clone:
    """A Git repository with the course, and what one can do there."""

    folder: Path

    @property
    def project(self) -> Path:
        """Where the learner works."""
        return self.folder / "mychat"

    @property
    def finished(self) -> Path:
        return self.folder / "chanx_django"

    def checkpoint(self, name: str) -> Path:
        return folder_of(name, self.folder)

    def git(self, *arguments: str) -> str:
        finished = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env=os.environ | LEARNER,
            capture_output=True,
            text=True,
        )
        assert finished.returncode == 0, finished.stderr
        return finished.stdout.strip()

    def run(self, *arguments: str, **options: Any) -> str:
        """Run a command of the course, which must succeed, and return its output."""
        finished = self.try_to_run(*arguments, **options)
        assert finished.returncode == 0, finished.stderr
        assert finished.stderr == ""
        return finished.stdout

    def refusal(self, *arguments: str, **options: Any) -> str:
        """Run a command of the course, which must fail, and return what it says."""
        finished = self.try_to_run(*arguments, **options)
        assert finished.returncode == 1
        assert finished.stdout == ""
        assert "Traceback" not in finished.stderr
        return finished.stderr

    def try_to_run(
        self, *arguments: str, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        with self.start(*arguments, output=subprocess.PIPE, **options) as process:
            try:
                output, errors = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        command = [*arguments]
        return subprocess.CompletedProcess(command, process.returncode, output, errors)

    def start(
        self,
        *arguments: str,
        cwd: Path | None = None,
        output: int = subprocess.DEVNULL,
        **environment: str,
    ) -> subprocess.Popen[str]:
        """Start a command of the course, typed in the clone's folder or in `cwd`."""
        return subprocess.Popen(
            [sys.executable, "-P", "-c", RUN_COURSE, str(self.folder), *arguments],
            cwd=cwd or self.folder,
            env=os.environ | LEARNER | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            text=True,
        )

    def commit_all(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.tip("HEAD")

    def tip(self, name: str) -> str:
        return self.git("rev-parse", name)

    def clone(self, folder: Path, *options: str) -> "Clone":
        # By an address, because from a path Git would not make a shallow clone.
        self.git("clone", "--quiet", *options, self.folder.as_uri(), str(folder))
        return Clone(folder)

    def copy(self, folder: Path) -> "Clone":
        """Return a copy with the same origin, which is quicker than another clone."""
        shutil.copytree(self.folder, folder)
        return Clone(folder)


def make_repository(folder: Path) -> Clone:
    """Make a repository with one commit, the course as it is in the work tree."""
    copy_course(folder)
    repository = Clone(folder)
    repository.git("init", "--quiet", "--initial-branch", "main")
    repository.commit_all("The course")
    return repository


def copy_course(folder: Path) -> None:
    folder.mkdir()
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=NOT_COPIED)
        else:
            shutil.copy(ROOT / part, folder)
