"""What the reader works with: a folder, terminals and windows of a browser."""

import contextlib
import sys
import time
from pathlib import Path

import psutil
from playwright.sync_api import Browser, BrowserContext

from course.projects import copy_project
from tests.chapters.ports import Ports, wait_until
from tests.chapters.terminal import Terminal, Typed
from tests.chapters.window import Window
from tests.support.browser import watch

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
        copy_project(checkpoint, self.folder)
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
    def running(self) -> dict[int, Typed]:
        """What goes on in the terminals."""
        terminals = self.terminals.items()
        return {n: it.background for n, it in terminals if it.background}

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
        while seen != (now := self.printed()) and time.monotonic() < deadline:
            seen = now
            time.sleep(SECONDS_OF_QUIET)

    def printed(self) -> list[str]:
        return [command.output for command in self.running.values()]

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
        """Kill what has left its terminal, as a daemon does, and tell the names."""
        left = self._left()
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        wait_until(lambda: not self._left(), seconds=60)
        return [process.info["name"] for process in left]

    def _left(self) -> list[psutil.Process]:
        """The processes that work in the reader's folder."""
        processes = psutil.process_iter(["cwd", "name"])
        return [
            process
            for process in processes
            if Path(process.info["cwd"] or "/").is_relative_to(self.folder)
        ]
