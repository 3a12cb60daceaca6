"""The programs whose faults are tested: servers that can be looked into."""

import http.client
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from chanx_django.chat.tests.programs import Program, run


class Server:
    """A real Daphne with the finished project, run by tests/faults/watched.py."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.address = program.wait_for(r"Listening on TCP address ([\d.]+:\d+)")[1]
        self.process = psutil.Process(program.process.pid)

    @property
    def log(self) -> str:
        return self.program.log.read_text(encoding="utf-8")

    def counts(self) -> dict[str, int]:
        """How many files are open, and what tests/faults/watched.py counts."""
        connection = http.client.HTTPConnection(self.address, timeout=30)
        connection.request("GET", "/counts")
        counts: dict[str, int] = json.load(connection.getresponse())
        connection.close()
        return counts | {"files": self.process.num_fds()}

    def memory(self) -> int:
        """The bytes of memory that are its own."""
        return int(self.process.memory_info().rss)


@contextmanager
def run_server(log: Path, redis_url: str = "", **settings: str) -> Iterator[Server]:
    """Run a server, with these environment variables more."""
    command = [sys.executable, "-m", "daphne", "--port", "0", "watched:application"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))
        for name, value in settings.items():
            patch.setenv(name, value)
        with run(log, command, redis_url) as program:
            yield Server(program)
