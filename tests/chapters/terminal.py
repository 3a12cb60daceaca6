"""A reader's terminals: bash, whose variables and folder last from line to line."""

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.chapters.failures import Failure
from tests.support.commands import Command

SECONDS_FOR_CTRL_C = 60

# What bash runs for each block of commands: it takes up where the last block left off,
# stops at the first command that fails, and leaves a note for the next block.
SCRIPT = """\
source {notes}/state 2> /dev/null
cd "$(cat {notes}/cwd)"
trap 'status=$?; {{
  declare -p | grep -vE "^declare -[A-Za-z]*r|^declare -[-a-zA-Z]+ (BASH|_=|SHLVL=)"
  declare -f
}} > {notes}/new; mv {notes}/new {notes}/state; pwd > {notes}/cwd; exit $status' EXIT
set -e
{command}
"""


class Typed(Command):
    """Commands that were typed into a terminal."""

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    @property
    def status(self) -> int:
        return int(self.process.returncode)

    def kill(self) -> None:
        """Kill what is left of it and of all it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Terminal:
    """One terminal. `close` ends whatever still runs in it."""

    def __init__(self, folder: Path) -> None:
        self.environment = environment_of_reader()
        self.background: Typed | None = None
        self._temporary = tempfile.TemporaryDirectory(prefix="terminal-")
        self._notes = Path(self._temporary.name)
        (self._notes / "cwd").write_text(str(folder))
        self._started = 0

    def run(self, text: str, seconds: float) -> Typed:
        """Run commands to their end. Raises Failure if they take too long."""
        command = self._start(text)
        try:
            command.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise Failure(
                f"the command did not end within {seconds:g} seconds and was killed; "
                f"until then it printed:\n{command.output}"
            ) from None
        finally:
            # A command that ended may have left something behind, too.
            command.kill()
        return command

    def start(self, text: str) -> Typed:
        """Start a command that goes on until `interrupt`."""
        self.background = self._start(text)
        return self.background

    def interrupt(self) -> None:
        """Press Ctrl-C. Raises Failure if the command does not end then."""
        assert self.background, "nothing runs in this terminal"
        command, self.background = self.background, None
        try:
            command.press_ctrl_c()
            command.process.wait(SECONDS_FOR_CTRL_C)
        except subprocess.TimeoutExpired:
            raise Failure(
                f"Ctrl-C did not end the command within {SECONDS_FOR_CTRL_C} seconds"
            ) from None
        finally:
            command.kill()

    def close(self) -> None:
        if self.background:
            self.background.kill()
        self._temporary.cleanup()

    def _start(self, text: str) -> Typed:
        self._started += 1
        log = self._notes / f"log-{self._started}"
        script = SCRIPT.format(notes=shlex.quote(str(self._notes)), command=text)
        arguments = ["bash", "--noprofile", "--norc", "-c", script]
        return Typed(arguments, self._notes, log, self.environment)


def environment_of_reader() -> dict[str, str]:
    """The environment of a new terminal: nothing of the course, or of its tests."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DJANGO_", "PYTEST_", "VIRTUAL_ENV", "PYTHON"))
        and name not in {"REDIS_URL", "COLUMNS", "LINES"}
    }
    # The Python behind .venv comes first, and .venv itself not at all.
    folders = os.environ["PATH"].split(os.pathsep)
    rest = [folder for folder in folders if folder != str(Path(sys.prefix, "bin"))]
    environment["PATH"] = os.pathsep.join([str(Path(sys.base_prefix, "bin")), *rest])
    # What a terminal shows line by line, a file must not get all at once.
    environment["PYTHONUNBUFFERED"] = "1"
    return environment
