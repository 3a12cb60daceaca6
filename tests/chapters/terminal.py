"""A reader's terminals: bash, whose variables and folder last from line to line."""

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.chapters.failures import Failure

SECONDS_FOR_CTRL_C = 60

# What bash runs for each block of commands: it takes up where the last block left off,
# stops at the first command that fails, and leaves a note for the next block.
SCRIPT = """\
source {state} 2> /dev/null
cd {folder}
trap 'status=$?; {{
  declare -p | grep -vE "^declare -[A-Za-z]*r|^declare -[-a-zA-Z]+ (BASH|_=|SHLVL=)"
  declare -f
}} > {state}.new; mv {state}.new {state}; pwd > {cwd}; exit $status' EXIT
set -e
{command}
"""


@dataclass
class Finished:
    """A command that has ended, and all it printed."""

    output: str
    status: int


class Background:
    """A command that goes on, and what it has printed so far."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None


class Terminal:
    """One terminal. `close` ends whatever still runs in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = environment_of_reader()
        self.background: Background | None = None
        self._notes = tempfile.TemporaryDirectory(prefix="terminal-")
        self._state = Path(self._notes.name, "state")
        self._cwd = Path(self._notes.name, "cwd")
        self._started = 0

    def run(self, command: str, seconds: float) -> Finished:
        """Run commands to their end. Raises Failure if they take too long."""
        running = self._start(command)
        try:
            status = running.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise Failure(
                f"the command did not end within {seconds:g} seconds and was killed; "
                f"until then it printed:\n{running.output}"
            ) from None
        finally:
            # A command that ended may have left something behind, too.
            kill_group(running.process)
        return Finished(running.output, status)

    def start(self, command: str) -> Background:
        """Start a command that goes on until `interrupt`."""
        self.background = self._start(command)
        return self.background

    def interrupt(self) -> None:
        """Press Ctrl-C. Raises Failure if the command does not end then."""
        assert self.background, "nothing runs in this terminal"
        process, self.background = self.background.process, None
        try:
            signal_group(process, signal.SIGINT)
            process.wait(SECONDS_FOR_CTRL_C)
        except subprocess.TimeoutExpired:
            raise Failure(
                f"Ctrl-C did not end the command within {SECONDS_FOR_CTRL_C} seconds"
            ) from None
        finally:
            kill_group(process)

    def close(self) -> None:
        if self.background:
            kill_group(self.background.process)
        self._notes.cleanup()

    def _start(self, command: str) -> Background:
        self._started += 1
        log = Path(self._notes.name, f"log-{self._started}")
        here = self._cwd.read_text().rstrip("\n") if self._cwd.exists() else self.folder
        script = SCRIPT.format(
            state=shlex.quote(str(self._state)),
            cwd=shlex.quote(str(self._cwd)),
            folder=shlex.quote(str(here)),
            command=command,
        )
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["bash", "--noprofile", "--norc", "-c", script],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A group of its own, as in a real terminal: Ctrl-C goes to all of it.
                start_new_session=True,
            )
        return Background(process, log)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a process and of all it started."""
    signal_group(process, signal.SIGKILL)
    process.wait()


def signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def environment_of_reader() -> dict[str, str]:
    """The environment of a new terminal: nothing of the course, or of its tests."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DJANGO_", "PYTEST_", "VIRTUAL_ENV", "PYTHON"))
        and name not in {"REDIS_URL", "COLUMNS", "LINES"}
    }
    environment["PATH"] = path_without_environments()
    # What a terminal shows line by line, a file must not get all at once.
    environment["PYTHONUNBUFFERED"] = "1"
    return environment


def path_without_environments() -> str:
    """PATH with the Python behind .venv first, and without .venv itself."""
    python = str(Path(sys.base_prefix, "bin"))
    folders = os.environ["PATH"].split(os.pathsep)
    rest = [folder for folder in folders if folder != str(Path(sys.prefix, "bin"))]
    return os.pathsep.join([python, *rest])
