import itertools
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser

from course.chapters import ROOT
from tests.replay.browser import open_browser
from tests.replay.pages import build
from tests.replay.ports import Ports
from tests.support.clones import Clone, make_repository
from tests.support.commands import Command

Note = Callable[[str, object], None]


@pytest.fixture
def note(record_property: Note) -> Note:
    """Has something shown after the tests, here and by `tutorial.py test`."""
    return record_property


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.getreports("passed"):
        for name, text in report.user_properties:
            terminalreporter.write_line(f"{name}: {text}")


class Start(Protocol):
    def __call__(self, *arguments: str, repository: Path = ...) -> Command: ...


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts `python -m course`, which does the work of tutorial.py."""
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    monkeypatch.delenv("REDIS_URL", raising=False)
    commands: list[Command] = []
    numbers = itertools.count()

    def start_command(*arguments: str, repository: Path = ROOT) -> Command:
        command = Command(
            [sys.executable, "-m", "course", *arguments],
            repository,
            tmp_path / f"output-{next(numbers)}.txt",
        )
        commands.append(command)
        return command

    yield start_command

    for command in commands:
        command.process.terminate()
    for command in commands:
        command.exit_status()


@pytest.fixture
def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy of the launcher, its package and one checkpoint, to change at will."""
    copy = tmp_path / "repository"
    shutil.copytree(
        ROOT / "checkpoints" / "start",
        copy / "checkpoints" / "start",
        ignore=shutil.ignore_patterns("__pycache__", ".*", "*.sqlite3"),
    )
    shutil.copy(ROOT / "tutorial.py", copy)
    shutil.copy(ROOT / "checkpoints" / "chapters.toml", copy / "checkpoints")
    shutil.copytree(
        ROOT / "course", copy / "course", ignore=shutil.ignore_patterns("__pycache__")
    )
    return copy


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A Git repository with one commit, the course as it is in the work tree."""
    return make_repository(tmp_path_factory.mktemp("published") / "course")


@pytest.fixture(scope="session")
def fresh_clone(published: Clone, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    return published.clone(tmp_path_factory.mktemp("fresh") / "course")


@pytest.fixture(scope="session")
def clone_with_branches(
    fresh_clone: Clone, tmp_path_factory: pytest.TempPathFactory
) -> Clone:
    clone = fresh_clone.copy(tmp_path_factory.mktemp("branches") / "course")
    clone.run("branches")
    return clone


@pytest.fixture
def clone(fresh_clone: Clone, tmp_path: Path) -> Clone:
    """A learner's clone of it."""
    return fresh_clone.copy(tmp_path / "clone")


@pytest.fixture
def ready(clone_with_branches: Clone, tmp_path: Path) -> Clone:
    """A learner's clone in which the branches have been made."""
    return clone_with_branches.copy(tmp_path / "ready")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built pages, which have no mistake."""
    folder = tmp_path_factory.mktemp("docs")
    build(ROOT / "docs", folder, "--nitpicky", "--fail-on-warning")
    return folder


@pytest.fixture(scope="module")
def ports() -> Ports:
    return Ports()


@pytest.fixture(scope="module")
def browser(ports: Ports) -> Iterator[Browser]:
    with open_browser(ports) as browser:
        yield browser
