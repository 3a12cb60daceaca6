"""A project under test: a copy of the learner's, with the tests of a checkpoint.

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
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from checkpoints.errors import TutorialError
from checkpoints.projects import CACHES, MINE, copy_project, files_of
from checkpoints.suites import environment

BEHAVIORS = Path(__file__).with_name("behaviors.py")
NAMES_OF_SUPPORT = {"conftest.py", "pytest.ini", "settings_for_tests.py"}
SECONDS_BETWEEN_LOOKS = 0.05
SECONDS_TO_STOP = 5
MAX_OUTPUT = 4000

Event = dict[str, Any]


class Interrupted(Exception):
    """The result of the trial is no longer wanted."""


def is_of_tests(path: str) -> bool:
    """Return whether a file of a project is there for its tests only."""
    *folders, name = path.split("/")
    return "tests" in folders or name in NAMES_OF_SUPPORT


def assemble(checkpoint: Path, target: Path) -> None:
    """Make a project of the learner's files and the tests of a checkpoint's copy.

    Raises TutorialError if one of the learner's files cannot be copied.
    """
    copy_project(MINE, target, without=CACHES, copy_file=shutil.copy2)
    for path in [path for path in files_of(target) if is_of_tests(path)]:
        (target / path).unlink()
    for path, content in files_of(checkpoint).items():
        if is_of_tests(path):
            put(target, path, content)


def put(folder: Path, path: str, content: bytes) -> None:
    file = folder / path
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise TutorialError(
            f"The test {path} cannot be put beside your files, because you have a file "
            f"where a checkpoint has a folder, or the reverse: {error.strerror}."
        ) from error


class Trial:
    """The run of a project's tests, in a process group of its own."""

    def __init__(self, project: Path, folder: Path, seconds: float) -> None:
        """`seconds` is how long the project may take to load, and each test."""
        self._file = folder / "events"
        self._file.touch()
        self._seconds = seconds
        self._output = b""
        self._process = subprocess.Popen(
            # With -P, this package's modules do not hide others of the same name.
            [sys.executable, "-P", BEHAVIORS, self._file, folder / "logs"],
            cwd=project,
            env=environment() | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read_output, daemon=True)
        self._reader.start()

    def events(self, is_unwanted: Callable[[], bool]) -> Iterator[Event]:
        """Yield what the program behaviors.py says, as soon as it does.

        The last event is "exited", or "hung" if nothing happened for too long. Raises
        Interrupted once the result is unwanted. Nothing is left running.
        """
        last_sign_of_life = time.monotonic()
        try:
            with self._file.open("rb") as file:
                while True:
                    has_exited = self._process.poll() is not None
                    for event in read_events(file):
                        last_sign_of_life = time.monotonic()
                        yield event
                    if has_exited:
                        yield {"event": "exited", "status": self._process.returncode}
                        return
                    if is_unwanted():
                        raise Interrupted
                    if time.monotonic() - last_sign_of_life > self._seconds:
                        yield {"event": "hung", "seconds": self._seconds}
                        return
                    time.sleep(SECONDS_BETWEEN_LOOKS)
        finally:
            self.stop()

    def stop(self) -> None:
        """Kill the program with everything that the project started."""
        if sys.platform == "win32":
            tree = ["taskkill", "/F", "/T", "/PID", str(self._process.pid)]
            subprocess.run(tree, capture_output=True)
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        # A process that has left the group may hold the output open; it is let go.
        self._reader.join(SECONDS_TO_STOP)

    @property
    def output(self) -> str:
        """The end of what the project printed."""
        return self._output.decode(errors="replace")

    def _read_output(self) -> None:
        stream = self._process.stdout
        assert stream
        while chunk := os.read(stream.fileno(), 65536):
            self._output = (self._output + chunk)[-MAX_OUTPUT:]


def read_events(file: Any) -> Iterator[Event]:
    """Yield the lines that were written since the last time, and are complete."""
    while (line := file.readline()).endswith(b"\n"):
        yield json.loads(line)
    file.seek(-len(line), os.SEEK_CUR)
