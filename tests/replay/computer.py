"""What the reader works with: a folder, terminals and windows of a browser."""

import shutil
import sys
import time
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext

from tests.replay.browser import Window, watch
from tests.replay.ports import Ports
from tests.replay.terminal import Terminal, environment_of_reader, kill_processes_in
from tests.replay.tree import is_left_behind

SECONDS_OF_QUIET = 0.3
SECONDS_FOR_QUIET = 5
SITE = "http://localhost:8000"
ACTIVATE = "source .venv/bin/activate"


class Computer:
    """A reader's computer. `close` ends all that was started on it.

    `course` is the course's repository, for a reader who has it.
    """

    def __init__(
        self, folder: Path, ports: Ports, browser: Browser, course: Path | None = None
    ) -> None:
        self.folder = folder.resolve()
        self.place = self.folder.parent
        self.original = course
        # The reader's copy of it.
        self.course: Path | None = None
        self.ports = ports
        self.browser = browser
        self.terminals: dict[int, Terminal] = {}
        self._windows: dict[int, tuple[str, Window]] = {}
        self._context: BrowserContext | None = None
        # What went wrong in the windows since somebody last looked.
        self.complaints: list[str] = []
        self.is_switched_off = False

    def start_at(self, checkpoint: Path | None) -> None:
        """Put a checkpoint into the folder, with the environment that goes with it."""
        if checkpoint is None:
            self.folder.mkdir()
            return
        shutil.copytree(checkpoint, self.folder, ignore=left_behind)
        self.enter_environment()

    def enter_environment(self) -> None:
        """Give the reader's folder an environment, and activate it in a terminal."""
        # The one that these tests run in has all that the course installs.
        Path(self.folder, ".venv").symlink_to(sys.prefix)
        self.terminal(1).run(ACTIVATE, seconds=10)

    def take_course(self) -> Path:
        """Get the course's repository anew, and return its folder."""
        assert self.original, "this reader does not have the course's repository"
        if self.course:
            shutil.rmtree(self.course)
        self.course = self.place / "repository"
        shutil.copytree(self.original, self.course, symlinks=True)
        Path(self.course, ".venv").symlink_to(sys.prefix)
        return self.course

    def move_to(self, folder: Path) -> None:
        """Work in another folder from now on, in new terminals."""
        self.close()
        self.folder = folder.resolve()

    @property
    def has_its_own_environment(self) -> bool:
        return not Path(self.folder, ".venv").is_symlink()

    def terminal(self, number: int) -> Terminal:
        """The terminal of that number, opened in the reader's folder when it is new."""
        if number not in self.terminals:
            self.terminals[number] = Terminal(self.folder, environment_of_reader())
        return self.terminals[number]

    def window(self, number: int, path: str) -> Window:
        """The window of that number, which goes to the page if it is not there yet."""
        if self._context is None:
            self._context = self.browser.new_context()
            watch(self._context, self.complaints)
        if number not in self._windows:
            self._windows[number] = ("", Window(self._context.new_page()))
        shown, window = self._windows[number]
        if shown != path:
            window.open(f"{SITE}{path}")
            self._windows[number] = (path, window)
        return window

    def wait_for_quiet(self) -> None:
        """Wait until no server has printed anything for a moment.

        A reader who turns from a terminal to the browser takes longer.
        """
        seen = [""]
        deadline = time.monotonic() + SECONDS_FOR_QUIET
        while seen != self.printed() and time.monotonic() < deadline:
            seen = self.printed()
            time.sleep(SECONDS_OF_QUIET)

    def printed(self) -> list[str]:
        terminals = self.terminals.values()
        return [t.background.output for t in terminals if t.background]

    def leave_chapter(self) -> list[str]:
        """Close all but the first terminal, and tell what had not been stopped."""
        running = [
            f"terminal {number}"
            for number, terminal in self.terminals.items()
            if terminal.background
        ]
        first = self.terminals.pop(1, None)
        self.close()
        if first:
            if first.background:
                first.close()
            else:
                self.terminals[1] = first
        return running

    def close(self) -> None:
        for terminal in self.terminals.values():
            terminal.close()
        self.terminals.clear()
        if self._context:
            self._context.close()
        self._context = None
        self._windows.clear()

    def switch_off(self) -> None:
        """Make whoever follows a page on this computer give up, from another thread."""
        self.is_switched_off = True
        for terminal in list(self.terminals.values()):
            terminal.kill()

    def kill_what_is_left(self) -> list[str]:
        """Kill what runs in the reader's folders, and tell the names."""
        folders = [self.folder, self.course] if self.course else [self.folder]
        return [name for folder in folders for name in kill_processes_in(folder)]


def left_behind(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if is_left_behind(name)}
