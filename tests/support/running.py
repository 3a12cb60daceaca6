"""Real programs that run: a server, a Redis or any other."""

import os
import re
import signal
from typing import Self

import psutil

from tests.support.commands import Command, is_free, wait_until

HOST = "127.0.0.1"
LISTENING = re.compile(
    r"(?:Listening on TCP address |Uvicorn running on http://)([\d.]+:\d+)"
)


class Program(Command):
    """A running program. As a block, it is killed when the block ends."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """End it at once, as a crash does; with what it has started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def terminate(self, by: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to stop, as a process manager does, and wait until it has."""
        os.killpg(self.process.pid, by)
        self.exit_status()

    def wait_for_port(self, port: int) -> None:
        """Wait until it listens. Fails with its output if it gives up."""
        wait_until(
            lambda: self.process.poll() is not None or not is_free(port),
            "it neither listens nor gives up",
        )
        assert self.process.poll() is None, self.output

    @property
    def mebibytes(self) -> float:
        """The memory that it takes."""
        resident: int = psutil.Process(self.process.pid).memory_info().rss
        return resident / 2**20

    @property
    def busy_seconds(self) -> float:
        """The time for which a processor was busy with it so far."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)


class Server(Program):
    """A Daphne or a Uvicorn. `at` is for one that listens at several addresses."""

    at = ""

    @property
    def address(self) -> str:
        """Its host and port, as soon as it listens. Fails if it gives up."""
        if self.at:
            return self.at
        wait_until(
            lambda: (
                bool(LISTENING.search(self.output)) or self.process.poll() is not None
            ),
            "it neither listens nor gives up",
        )
        listening = LISTENING.search(self.output)
        assert listening, self.output
        return listening[1]


class Redis(Program):
    """A Redis that keeps nothing on disk."""

    port: int

    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.port}"

    def wait(self) -> None:
        """Wait until it can be used. It must have been started just now."""
        self.wait_for_output("Ready to accept connections")
