"""A project under test: a copy of the learner's, with the tests of a checkpoint.

Whatever it does, it is bounded: in time, in the output that is kept of it, and in what
it leaves running.
"""

import contextlib
import json
import os
import re
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
from typing import Any

from course.errors import TutorialError
from course.projects import (
    CACHES,
    copy_project,
    environment,
    files_of,
    find_project,
)
from course.source import FINISHED

MINE = find_project(Path.cwd())
READY = Path(__file__).with_name("ready.py")
NAMES_OF_SUPPORT = {"conftest.py", "pytest.ini", "settings_for_tests.py"}
SECONDS_BETWEEN_LOOKS = 0.05
SECONDS_TO_STOP = 5
# So long before the end, a project that hangs is asked where.
SECONDS_TO_SAY_WHERE = 0.5
# In the environment of everything that a trial starts.
MARK = "TUTORIAL_TRIAL"
STACK_LINE = re.compile(rb'File "(.+)", line (\d+) in')
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
    """A program that runs a project's tests, in a process group of its own.

    It has a temporary folder, `folder`, in which to put the project. As a context
    manager, it is stopped at the end, and the folder is deleted.
    """

    def __init__(self) -> None:
        self._temporary = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.folder = Path(self._temporary.name).resolve()
        self.project = self.folder / FINISHED
        self._file = self.folder / "events"
        self._file.touch()
        self._output = b""
        self._is_stopped = False
        self._mark = uuid.uuid4().hex
        self._process = subprocess.Popen(
            # With -P, this package's modules do not hide others of the same name.
            [sys.executable, "-P", READY],
            env=environment()
            | {
                "PYTHONUNBUFFERED": "1",
                # As in a terminal, where a project may print any character.
                "PYTHONIOENCODING": "utf-8",
                MARK: self._mark,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read_output, daemon=True)
        self._reader.start()

    def __enter__(self) -> "Trial":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop it, and delete the folder. A second time, nothing happens."""
        self.stop()
        self._temporary.cleanup()

    def run(self, seconds: float, is_unwanted: Callable[[], bool]) -> Iterator[Event]:
        """Run the tests of the project; yield what becomes of them, as soon as it does.

        The events are those of behaviors.py, and the last one is "exited", or "hung" if
        nothing happened for so many seconds. Raises Interrupted once the result is
        unwanted. Nothing is left running.
        """
        until_asked = str(max(seconds - SECONDS_TO_SAY_WHERE, 0.1))
        logs = self.folder / "logs"
        arguments = [str(self._file), until_asked, str(logs)]
        order = {"project": str(self.project), "arguments": arguments}
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError), self._process.stdin as stdin:
            stdin.write(json.dumps(order).encode() + b"\n")
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
                    if time.monotonic() - last_sign_of_life > seconds:
                        frames = self._frames()
                        yield {"event": "hung", "seconds": seconds, "frames": frames}
                        return
                    time.sleep(SECONDS_BETWEEN_LOOKS)
        finally:
            self.stop()

    def stop(self) -> None:
        """Kill the program with everything that the project started."""
        if self._is_stopped:
            return
        self._is_stopped = True
        if sys.platform == "win32":
            tree = ["taskkill", "/F", "/T", "/PID", str(self._process.pid)]
            subprocess.run(tree, capture_output=True)
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            for process in marked_processes(self._mark):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(process, signal.SIGKILL)
        self._process.wait()
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        # Whatever escaped that may hold the output open, and is not waited for.
        self._reader.join(SECONDS_TO_STOP)

    @property
    def output(self) -> str:
        """The end of what the project printed."""
        return self._output.decode(errors="replace")

    def _frames(self) -> list[dict[str, Any]]:
        """Return the lines of the project at which it hangs, the innermost last."""
        stack = self._file.with_suffix(".stack")
        frames: list[dict[str, Any]] = []
        for file, line in STACK_LINE.findall(stack.read_bytes()):
            path = Path(os.fsdecode(file))
            if path.is_relative_to(self.project):
                lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
                frame = {
                    "path": path.relative_to(self.project).as_posix(),
                    "line": int(line),
                    "code": "".join(lines[int(line) - 1 : int(line)]).strip(),
                }
                frames.insert(0, frame)
        return frames

    def _read_output(self) -> None:
        stream = self._process.stdout
        assert stream
        while chunk := os.read(stream.fileno(), 65536):
            self._output = (self._output + chunk)[-MAX_OUTPUT:]


def marked_processes(mark: str) -> Iterator[int]:
    """Yield the processes that have left the group, where the system tells."""
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if f"{MARK}={mark}".encode() in environ.read_bytes():
                yield int(environ.parent.name)


def read_events(file: Any) -> Iterator[Event]:
    """Yield the lines that were written since the last time, and are complete."""
    while (line := file.readline()).endswith(b"\n"):
        yield json.loads(line)
    file.seek(-len(line), os.SEEK_CUR)
