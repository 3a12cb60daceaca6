import asyncio
import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

# Guards only against what hangs.
SECONDS = 300


class Command:
    """A command in a process group of its own, as a terminal starts one."""

    def __init__(
        self,
        arguments: list[str],
        folder: Path,
        output: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._arguments = arguments
        self._folder = folder
        self._output = output
        self._environment = environment
        self.start()

    def start(self) -> None:
        """Start it, for the first time or again, with an empty log."""
        with self._output.open("wb") as log:
            self.process = subprocess.Popen(
                self._arguments,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=take_signals,
            )

    @property
    def output(self) -> str:
        return self._output.read_text(encoding="utf-8", errors="replace")

    def wait_for_output(self, text: str) -> None:
        wait_until(
            lambda: text in self.output or self.process.poll() is not None,
            f"{text!r} did not appear",
        )
        assert text in self.output, self.output

    def press_ctrl_c(self) -> None:
        os.killpg(self.process.pid, signal.SIGINT)

    def exit_status(self) -> int:
        return self.process.wait(SECONDS)

    def _left_a_process(self) -> bool:
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def wait_until_all_ended(self) -> None:
        wait_until(lambda: not self._left_a_process(), "what it started did not end")


def take_signals() -> None:
    """Do not ignore what tests ignore under nohup, or in the background of a shell."""
    for number in signal.SIGHUP, signal.SIGINT:
        signal.signal(number, signal.SIG_DFL)


def wait_until(
    condition: Callable[[], bool], problem: str, seconds: float = SECONDS
) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{problem} within {seconds} seconds"
        time.sleep(0.02)


async def until(
    condition: Callable[[], bool], problem: str, seconds: float = SECONDS
) -> None:
    """The same in a coroutine, where others run meanwhile."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{problem} within {seconds} seconds"
        await asyncio.sleep(0.02)


def is_free(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def page(port: int, path: str) -> tuple[int, str]:
    """Return the status and the text of a page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=100)
    with contextlib.closing(connection):
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()


def status_of_page(port: int, path: str) -> int:
    return page(port, path)[0]


def assert_valid(file: Path, schema: str) -> None:
    """Compare a file with a schema that check-jsonschema brings along."""
    command = ["-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    finished = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
