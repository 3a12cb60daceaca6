"""The finished project as a real Daphne serves it, and a client generated from it."""

import importlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.examples.server import EXAMPLES
from tests.support.programs import FINISHED, Programs
from tests.support.running import Server

IN_PYTHON = [
    "typed_client/generate.sh",
    "typed_client/check.sh",
    "typed_client/check_client.sh",
    "typed_client/say.py",
    "typed_client/listen.py",
    "typed_client/ticket.py",
]
NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.sqlite3*", "results")


class Workplace:
    """A copy of a project, in whose folder the page's commands are run."""

    def __init__(self, folder: Path, project: Path) -> None:
        self.folder = folder / "project"
        shutil.copytree(project, self.folder, ignore=NOT_COPIED)
        self.programs = Programs(folder, self.folder)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command],
            cwd=self.folder,
            env=self.programs.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def succeed(self, *command: str) -> str:
        done = self.run(*command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """Where the client has been generated, with the page's own commands."""
    workplace = Workplace(tmp_path_factory.mktemp("typed_client"), FINISHED)
    for file in IN_PYTHON:
        shutil.copy(EXAMPLES / file, workplace.folder)
    with workplace.programs:
        workplace.succeed("sh", "-e", "generate.sh")
        yield workplace


@pytest.fixture(scope="session")
def served(workplace: Workplace) -> Server:
    """A server of that project."""
    return workplace.programs.daphne()


@pytest.fixture
def generated(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The package for rooms, as a program beside it imports it."""
    monkeypatch.syspath_prepend(workplace.folder)
    return importlib.import_module("chat_client.chat")
