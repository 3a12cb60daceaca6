"""What became of the branches of a clone, and what a learner does to them."""

import hashlib

from course.chapters import load_chapters
from tests.support.clones import Clone

NAMES = [chapter.ends_at for chapter in load_chapters()]


def ids(clone: Clone) -> dict[str, str]:
    return {name: clone.tip(f"refs/heads/{name}") for name in NAMES}


def outcomes(output: str) -> dict[str, str]:
    """What the command says became of each branch."""
    rows = [line.split(maxsplit=2) for line in output.splitlines()]
    return {
        row[0]: row[2].partition("  ")[0]
        for row in rows
        if row[0] in NAMES and len(row[1]) == 10
    }


def state(clone: Clone) -> tuple[str, ...]:
    """What the command must not touch."""
    index = hashlib.sha256((clone.folder / ".git" / "index").read_bytes()).hexdigest()
    head = (clone.folder / ".git" / "HEAD").read_text()
    status = clone.git("--no-optional-locks", "status", "--porcelain", "--ignored")
    return index, head, status


def commit_on(clone: Clone, branch: str, *options: str) -> str:
    """Commit a file of the project there as a learner does, and go back to main."""
    clone.git("switch", "--quiet", branch)
    (clone.finished / "mine.txt").write_text("Mine.")
    clone.git("add", ".")
    clone.git("commit", "--quiet", *options)
    mine = clone.tip("HEAD")
    clone.git("switch", "--quiet", "main")
    return mine
