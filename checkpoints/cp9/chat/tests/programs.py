"""The programs that the Redis tests run: redis-server, servers and workers."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

PROJECT = Path(__file__).parents[2]


class Program:
    """A running program, and the log that it writes."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log

    def wait_for(self, pattern: str) -> re.Match[str]:
        """The pattern's first match in the log, waited for 60 seconds at most."""
        deadline = time.monotonic() + 60
        while not (match := re.search(pattern, self.log.read_text())):
            assert time.monotonic() < deadline, f"no {pattern!r} in {self.log}"
            time.sleep(0.02)
        return match


def database_in(folder: Path) -> str:
    """The DATABASE_URL of an SQLite in that folder."""
    return f"sqlite:///{(folder / 'db.sqlite3').as_posix()}"


def migrate(folder: Path) -> None:
    """Make a database in that folder, if there is none yet."""
    database = folder / "db.sqlite3"
    if not database.exists():
        database.write_bytes(empty_database())


@cache
def empty_database() -> bytes:
    """An SQLite with all tables, which are made once for all tests."""
    with TemporaryDirectory() as name:
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        with run(Path(name) / "migrate.log", command) as migration:
            assert migration.process.wait() == 0, migration.log.read_text()
        return (Path(name) / "db.sqlite3").read_bytes()


@contextmanager
def run(log: Path, command: list[str], redis_url: str = "") -> Iterator[Program]:
    """Run a command in the project's folder; it is killed when the block ends."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "PYTHONUNBUFFERED": "1",
                "REDIS_URL": redis_url,
                "DATABASE_URL": database_in(log.parent),
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Program(process, log)
    finally:
        process.kill()
        process.wait()


@contextmanager
def run_redis(log: Path, port: int, *options: str) -> Iterator[Program]:
    """A real Redis that keeps nothing on disk."""
    redis = shutil.which("redis-server")
    assert redis, "These tests start a real Redis: install redis-server."
    command = [redis, "--port", str(port), "--save", "", "--bind", "127.0.0.1"]
    with run(log, [*command, *options]) as program:
        program.wait_for("Ready to accept connections")
        yield program


@contextmanager
def run_server(log: Path, redis_url: str) -> Iterator[tuple[str, Program]]:
    """A real Daphne, with its address (host:port). A folder's have one database."""
    migrate(log.parent)
    # A busy machine lets 300 in at once in more than the 5 s that Daphne gives them.
    patience = ["--websocket_connect_timeout", "60"]
    daphne = [sys.executable, "-m", "daphne", "--port", "0", *patience]
    command = [*daphne, "config.asgi:application"]
    with run(log, command, redis_url) as program:
        yield program.wait_for(r"Listening on TCP address ([\d.]+:\d+)")[1], program


@contextmanager
def run_worker(log: Path, redis_url: str) -> Iterator[Program]:
    """A real worker for dice."""
    command = [sys.executable, "manage.py", "runworker", "dice"]
    with run(log, command, redis_url) as program:
        program.wait_for("Running worker")
        yield program


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def allow_files(needed: int) -> None:
    """Let this process, and all that it starts, open so many files at once.

    Every connection is one of them, and macOS starts with a limit of 256.
    """
    with suppress(ImportError):  # Windows has no such limit.
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft >= needed:
            return
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
        except (OSError, ValueError):
            raise RuntimeError(
                f"These tests need {needed} open files, and this computer allows"
                f" {hard}. Raise the limit: ulimit -Hn {needed}"
            ) from None
