import fcntl
import itertools
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser

from course.chapters import ROOT
from course.check import sections
from course.dev.screenshots import WRITES
from tests.chapters.pages import build
from tests.chapters.ports import Ports
from tests.support import ports as support_ports
from tests.support.browser import open_browser
from tests.support.clones import Clone, copy_course, make_repository
from tests.support.commands import Command
from tests.support.learner import Learner
from tests.support.small_course import copy_small_course
from tutorial import RUN_COURSE

Note = Callable[[str, object], None]
Serve = Callable[..., Command]


@pytest.fixture
def note(record_property: Note) -> Note:
    """Has something shown after the tests, here and by `tutorial.py test`."""
    return record_property


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.getreports("passed"):
        for name, text in report.user_properties:
            terminalreporter.write_line(f"{name}: {text}")


class Start(Protocol):
    def __call__(
        self, *arguments: str, repository: Path = ..., cwd: Path | None = ...
    ) -> Command: ...


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a command as tutorial.py does, typed in a repository or in `cwd`."""
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    monkeypatch.delenv("REDIS_URL", raising=False)
    commands: list[Command] = []
    numbers = itertools.count()

    def start_command(
        *arguments: str, repository: Path = ROOT, cwd: Path | None = None
    ) -> Command:
        command = Command(
            [sys.executable, "-P", "-c", RUN_COURSE, str(repository), *arguments],
            cwd or repository,
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
    return support_ports.free_port()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy of the course without its pages, to change at will. It is no clone."""
    copy_course(tmp_path / "repository")
    shutil.rmtree(tmp_path / "repository" / "docs")
    return tmp_path / "repository"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of the small course, in which nothing is wrong."""
    return copy_small_course(tmp_path / "course")


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


@pytest.fixture
def serve(ready: Clone, start: Start, free_port: int) -> Serve:
    """Starts `serve` in a clone whose pages cannot be built, because it has none."""

    def serve_command(*arguments: str, cwd: Path = ready.folder) -> Command:
        options = "serve", "--port", str(free_port), *arguments
        return start(*options, repository=ready.folder, cwd=cwd)

    return serve_command


@pytest.fixture
def learner(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Learner:
    monkeypatch.delenv("REDIS_URL", raising=False)
    # Whether the pages have been built here must not change what `check` answers.
    monkeypatch.setattr(sections, "BUILT_PAGES", tmp_path / "not built")
    return Learner(tmp_path, capsys)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built pages, which have no mistake.

    Tests that run side by side have them built once: who comes first does it. While
    pictures and recordings are made anew, pages need not have them.
    """
    options = ["--nitpicky", "--fail-on-warning"]
    if WRITES in os.environ:
        options = ["--define", "course_records=1"]
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with (folder / "docs.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "docs.done").exists():
            build(ROOT / "docs", folder / "docs", *options)
            (folder / "docs.done").touch()
    return folder / "docs"


@pytest.fixture(scope="module")
def ports() -> Ports:
    return Ports()


@pytest.fixture(scope="module")
def browser(ports: Ports) -> Iterator[Browser]:
    with open_browser(ports.for_browser) as browser:
        yield browser
