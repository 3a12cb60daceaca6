"""The programs that the tests make fail."""

import http.client
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from redis import Redis

from chanx_django.chat.tests.programs import Program, free_port, run, run_redis

SERVER = ["daphne", "--port", "0", "watched:application"]
WORKER = ["doomed"]


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
        """The bytes of memory that it takes."""
        return int(self.process.memory_info().rss)


@contextmanager
def run_server(log: Path, **settings: str) -> Iterator[Server]:
    """Run a server without Redis, with these environment variables."""
    with run_here(log, SERVER, **settings) as program:
        yield Server(program)


@contextmanager
def run_here(
    log: Path, command: list[str], redis_url: str = "", **settings: str
) -> Iterator[Program]:
    """Run Python's command in the finished project, with the modules here at hand."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))
        for name, value in settings.items():
            patch.setenv(name, value)
        with run(log, [sys.executable, "-m", *command], redis_url) as program:
            yield program


@dataclass
class Site:
    """Two servers and two workers, which share a Redis."""

    port: int
    redis: Program
    servers: list[Server]
    workers: list[Program]

    @property
    def connection(self) -> "Redis[str]":
        return Redis(port=self.port, decode_responses=True)

    def assert_no_traceback(self) -> None:
        for program in [*(server.program for server in self.servers), *self.workers]:
            assert "Traceback" not in program.log.read_text(encoding="utf-8")


@contextmanager
def run_site(folder: Path) -> Iterator[Site]:
    port = free_port()
    url = f"redis://127.0.0.1:{port}"
    with ExitStack() as stack:
        redis = stack.enter_context(run_redis(folder / "redis.log", port))
        # All of them start at the same time.
        programs = [
            stack.enter_context(run_here(folder / f"{number}.log", command, url))
            for number, command in enumerate([SERVER, SERVER, WORKER, WORKER])
        ]
        servers = [Server(program) for program in programs[:2]]
        for worker in programs[2:]:
            worker.wait_for("Running worker")
        yield Site(port, redis, servers, programs[2:])
