"""A project under test: a copy of it, with the tests of the course.

Whatever it does, it is bounded: in time, in the output that is kept of it, and in what
it leaves running.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import psutil

from course.chapters import ROOT
from course.child import environment
from course.errors import TutorialError
from course.projects import CACHES, copy_project, files_of

NAMES_OF_SUPPORT = {"conftest.py", "pytest.ini", "settings_for_tests.py"}
SECONDS_BETWEEN_LOOKS = 0.02
SECONDS_TO_GET_READY = 60
SECONDS_TO_STOP = 5
# So long after an event is overdue, a project cannot even say where it hangs.
SECONDS_TO_SAY_WHERE = 2
# In the environment of everything that a trial starts.
MARK = "TUTORIAL_TRIAL"
MAX_OUTPUT = 4000

Event = dict[str, Any]


class Interrupted(Exception):
    """The result of the trial is no longer wanted."""


def is_of_tests(path: str) -> bool:
    """Return whether a file of a project is there for its tests only."""
    *folders, name = path.split("/")
    is_test = name.startswith("test_") and name.endswith(".py")
    return is_test or "tests" in folders or name in NAMES_OF_SUPPORT


class Trial:
    """A program that runs a project's tests, in a process group of its own.

    It has a temporary folder with a copy of the project. As a context manager, it ends
    with everything that the project started, and its folder is deleted.
    """

    def __init__(self) -> None:
        self._closing = contextlib.ExitStack()
        temporary = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        folder = Path(self._closing.enter_context(temporary)).resolve()
        self.project = folder / "project"
        self._events = folder / "events"
        self._events.touch()
        self._output = b""
        self._mark = uuid.uuid4().hex
        # So that a project may print any character, as in a terminal.
        printing = {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "course.check.program", str(self._events)],
            cwd=ROOT,
            env=environment() | printing | {MARK: self._mark},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._closing.callback(self._stop)
        self._reader = threading.Thread(target=self._read_output, daemon=True)
        self._reader.start()

    def __enter__(self) -> "Trial":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End it. A second time, nothing happens."""
        self._closing.close()

    def assemble(self, project: Path, tests: Path) -> None:
        """Put a project's files there, with the tests of another one.

        Raises TutorialError if one of the files cannot be copied.
        """
        copy_project(project, self.project, without=CACHES, copy_file=shutil.copy2)
        for path in filter(is_of_tests, files_of(self.project)):
            (self.project / path).unlink()
        for path in filter(is_of_tests, files_of(tests)):
            try:
                (self.project / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(tests / path, self.project / path)
            except OSError as error:
                raise TutorialError(
                    f"The test {path} cannot be put beside your files, because you "
                    "have a file where the course has a folder, or the reverse: "
                    f"{error.strerror}."
                ) from error

    def run(
        self, redis_url: str | None, is_unwanted: Callable[[], bool]
    ) -> Iterator[Event]:
        """Run the tests of the project; yield what becomes of them, as soon as it does.

        The events are those of plugin.py, and the last one is "exited" or "hangs".
        Without a Redis, `redis_url` is None, and "" is one that the tests start. Raises
        Interrupted once the result is unwanted.
        """
        order = {"project": str(self.project), "redis_url": redis_url}
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError), self._process.stdin as stdin:
            stdin.write(json.dumps(order).encode() + b"\n")
        deadline = time.monotonic() + SECONDS_TO_GET_READY
        with self._events.open("rb") as file:
            while time.monotonic() < deadline:
                status = self._process.poll()
                for event in read_events(file):
                    yield event
                    if event["event"] == "hangs":
                        return
                    wait = event["patience"] + SECONDS_TO_SAY_WHERE
                    deadline = time.monotonic() + wait
                if status is not None:
                    yield {"event": "exited", "status": status}
                    return
                if is_unwanted():
                    raise Interrupted
                time.sleep(SECONDS_BETWEEN_LOOKS)
        yield {"event": "hangs", "frames": []}

    @property
    def output(self) -> str:
        """The end of what the project printed."""
        return self._output.decode(errors="replace")

    def _read_output(self) -> None:
        assert self._process.stdout
        while chunk := os.read(self._process.stdout.fileno(), 65536):
            self._output = (self._output + chunk)[-MAX_OUTPUT:]

    def _stop(self) -> None:
        if sys.platform != "win32":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        # And whatever has left the group.
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.environ().get(MARK) == self._mark:
                    process.kill()
        # Not for good: where Ctrl-C has come into poll(), Popen never unlocks itself.
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(SECONDS_TO_STOP)
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        # Whatever escaped that may hold the output open, and is not waited for.
        self._reader.join(SECONDS_TO_STOP)


def read_events(file: IO[bytes]) -> Iterator[Event]:
    """Yield the lines that were written since the last time, and are complete."""
    while (line := file.readline()).endswith(b"\n"):
        yield json.loads(line)
    file.seek(-len(line), os.SEEK_CUR)
