"""Git, called so that what a reader has set up for it makes no difference."""

import os
import shutil
import subprocess

from course.chapters import ROOT
from course.errors import TutorialError

# Git sets these for its hooks, and they would name another repository or index.
REDIRECTIONS = {
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_WORK_TREE",
}


class GitError(TutorialError):
    """What Git said when it could not do something."""


def is_clone() -> bool:
    """Return whether the course is a Git clone, and Git is there to use it."""
    return bool(shutil.which("git")) and (ROOT / ".git").exists()


def require_clone() -> None:
    """Raise TutorialError unless the course is a Git clone with a commit."""
    if not shutil.which("git"):
        raise TutorialError(
            "The branches need Git, which is not installed: get it from "
            "https://git-scm.com/downloads."
        )
    # A folder inside another project's clone is none of its own.
    if not (ROOT / ".git").exists():
        raise TutorialError(
            "This folder is not a Git clone, so it has no branches: get the course "
            "with 'git clone' for them."
        )
    try:
        git("rev-parse", "--git-dir")
    except GitError as error:
        raise TutorialError(f"Git cannot read this clone. It says: {error}") from error
    if not can_resolve("HEAD^{commit}"):
        raise TutorialError(
            "This repository has no commit yet, and the branches are made of one: "
            "commit the course first."
        )


def git(
    *arguments: str,
    text: str | None = None,
    environment: dict[str, str] | None = None,
) -> str:
    """Run a Git command, with this text as its input, and return its output.

    Raises GitError, with what Git said, if it fails.
    """
    finished = subprocess.run(
        ["git", "--no-optional-locks", *arguments],
        cwd=ROOT,
        env=own_environment() | (environment or {}),
        input=text if text is not None else "",
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
    )
    if finished.returncode:
        raise GitError(finished.stderr.strip() or f"git {arguments[0]} failed")
    return finished.stdout.removesuffix("\n")


def can_resolve(name: str) -> bool:
    """Return whether this clone has the object of that name."""
    try:
        git("rev-parse", "--verify", "--quiet", name)
    except GitError:
        return False
    return True


def own_environment() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if name not in REDIRECTIONS
    }
