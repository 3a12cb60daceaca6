"""The project that the page makes, and copies with changes."""

import shutil
from pathlib import Path

from tests.examples.server import EXAMPLES

PROJECT = EXAMPLES / "setup"
SETTINGS = "mysite/settings.py"
ASGI = "mysite/asgi.py"


def changed_copy(folder: Path, *changes: tuple[str, str, str]) -> Path:
    """A copy of the project: in which files, what is replaced, and by what."""
    project = shutil.copytree(PROJECT, folder / "project")
    for file, old, new in changes:
        text = (project / file).read_text(encoding="utf-8")
        assert old in text
        (project / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return project
