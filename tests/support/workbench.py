"""The folders in which a learner works in a clone."""

import shutil
from pathlib import Path

from course.projects import files_of
from tests.support.clones import Clone


def saved(clone: Clone) -> list[Path]:
    folder = clone.folder / "mychat-saved"
    return sorted(folder.iterdir()) if folder.exists() else []


def put_mine(clone: Clone) -> dict[str, bytes]:
    """Make a project as a learner does, and return all of it."""
    if not clone.project.exists():
        shutil.copytree(clone.checkpoint("cp1"), clone.project)
    (clone.project / "chat" / "mine.py").write_text("MINE = True\n")
    (clone.project / "manage.py").unlink(missing_ok=True)
    (clone.project / "db.sqlite3").write_bytes(b"my data")
    return files_of(clone.project)
