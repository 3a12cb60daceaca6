"""What the reader works with: a folder, terminals and windows of a browser."""

import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext

from tests.chapters.browser import watch
from tests.chapters.files import left_behind
from tests.chapters.ports import Ports, wait_until
from tests.chapters.terminal import Terminal
from tests.chapters.window import Window

SECONDS_OF_QUIET = 0.3
SECONDS_FOR_QUIET = 5
SITE = "http://localhost:8000"


class Computer:
    """A reader's computer. `close` ends all that was started on it."""

    def __init__(self, folder: Path, ports: Ports, browser: Browser) -> None:
        self.folder = folder.resolve()
        self.ports = ports
        self.browser = browser
        self.terminals: dict[int, Terminal] = {}
        self._windows: dict[int, tuple[str, Window]] = {}
        self._context: BrowserContext | None = None
        # What went wrong in the windows since somebody last looked.
        self.complaints: list[str] = []

    def start_at(self, checkpoint: Path | None) -> None:
        """Put a checkpoint into the folder, with the environment that goes with it."""
        if checkpoint is None:
            self.folder.mkdir()
            return
        shutil.copytree(checkpoint, self.folder, ignore=left_behind)
        # The one that these tests run in has all that the course installs.
        Path(self.folder, ".venv").symlink_to(sys.prefix)
        self.terminal(1).run("source .venv/bin/activate", seconds=60)

    @property
    def has_its_own_environment(self) -> bool:
        return not Path(self.folder, ".venv").is_symlink()

    def terminal(self, number: int) -> Terminal:
        """The terminal of that number, opened in the reader's folder when it is new."""
        if number not in self.terminals:
            self.terminals[number] = Terminal(self.folder)
        return self.terminals[number]

    @property
    def busy_terminals(self) -> dict[int, Terminal]:
        """The terminals in which something goes on."""
        return {n: shown for n, shown in self.terminals.items() if shown.background}

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
        terminals = self.busy_terminals.values()
        return [t.background.output for t in terminals if t.background]

    def close_windows(self) -> None:
        if self._context:
            self._context.close()
        self._context = None
        self._windows.clear()

    def close(self) -> None:
        self.close_windows()
        for terminal in self.terminals.values():
            terminal.close()
        self.terminals.clear()
        self.kill_what_is_left()

    def kill_what_is_left(self) -> list[str]:
        """Kill what no terminal could end, and tell the names."""
        return kill_processes_in(self.folder)


def processes_in(folder: Path) -> Iterator[tuple[int, str]]:
    """The processes that work in a folder: those that left their terminal's group.

    A program that goes into the background by itself is in no group that can be killed.
    Only Linux tells where a process works; elsewhere there is nothing to see.
    """
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink().is_relative_to(folder):
                name = (process / "comm").read_text().strip()
                yield int(process.name), name


def kill_processes_in(folder: Path) -> list[str]:
    """Kill those processes, and tell their names."""
    found = list(processes_in(folder))
    for number, _ in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    wait_until(lambda: not list(processes_in(folder)), seconds=60)
    return [name for _, name in found]
