"""The one way in which tests start Redis, servers, workers and nginx.

They are real programs, on free ports of 127.0.0.1 and with a folder of their own.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Self, TypeVar

import psutil

from course.chapters import ROOT
from course.system_packages import require
from tests.support.commands import Command, is_free, wait_until
from tests.support.ports import free_port

HOST = "127.0.0.1"
FINISHED = ROOT / "chanx_django"
LISTENING = re.compile(
    r"(?:Listening on TCP address |Uvicorn running on http://)([\d.]+:\d+)"
)
# What would change the settings of a project.
FOREIGN = ("DJANGO_", "RATE_LIMIT_", "REDIS_URL", "DATABASE_URL", "PYTHONPATH")


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


class PostgreSQL(Program):
    """A PostgreSQL with an empty database; both it and its owner are "postgres"."""

    port: int
    data: Path

    def kill(self) -> None:
        """End it at once, and clear what it has stored."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()
        shutil.rmtree(self.data, ignore_errors=True)


Kind = TypeVar("Kind", bound=Program)


class Programs:
    """Starts programs in a project, and kills what still runs when its block ends.

    Their logs are in `folder`. The finished project is the one, if none is given.
    """

    def __init__(
        self, folder: Path, project: Path = FINISHED, **environment: str
    ) -> None:
        self.folder = folder
        self.project = project
        self.variables = environment
        self.running: list[Program] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for program in self.running:
            program.kill()

    def start(self, *command: str, until: str = "", **environment: str) -> Program:
        """Start a command, and wait until its log has that text."""
        program = self.launch(Program, command, environment)
        program.wait_for_output(until)
        return program

    def launch(
        self, kind: type[Kind], command: tuple[str, ...], environment: dict[str, str]
    ) -> Kind:
        log = self.folder / f"{len(self.running)}-{Path(command[0]).name}.log"
        variables = self.environment() | environment
        program = kind([*command], self.project, log, variables)
        self.running.append(program)
        return program

    def environment(self) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(FOREIGN)
        }
        own = {
            # For a project that stores something; each test has its own.
            "DATABASE_URL": f"sqlite:///{self.folder}/db.sqlite3",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONUNBUFFERED": "1",
        }
        return inherited | own | self.variables

    def redis(self, *options: str, port: int = 0) -> Redis:
        port = port or free_port()
        command = [require("redis-server"), "--port", str(port), "--bind", HOST]
        # A replica stores what it gets from its master, whatever "save" says.
        command += ["--dir", str(self.folder), "--save", ""]
        redis = self.launch(Redis, (*command, *options), {})
        redis.port = port
        redis.wait()
        return redis

    def postgresql(self, *options: str) -> PostgreSQL:
        initdb = Path(require("postgresql")).resolve()
        data = Path(tempfile.mkdtemp(prefix="postgresql-"))
        as_user: tuple[str, ...] = ()
        if os.geteuid() == 0:
            # It refuses to run as root.
            as_user = ("setpriv", "--reuid=nobody", "--clear-groups")
            shutil.chown(data, "nobody")
        subprocess.run(
            [*as_user, str(initdb), "--no-sync", "-U", "postgres", "-D", str(data)],
            check=True,
            capture_output=True,
        )
        port = free_port()
        where = ("-D", str(data), "-h", HOST, "-p", str(port), "-k", "")
        server = str(initdb.with_name("postgres"))
        command = (*as_user, server, *where, "-c", "fsync=off", *options)
        postgresql = self.launch(PostgreSQL, command, {})
        postgresql.port, postgresql.data = port, data
        postgresql.wait_for_output("ready to accept connections")
        return postgresql

    def daphne(
        self,
        *options: str,
        port: int | str = 0,
        redis_url: str = "",
        application: str = "config.asgi:application",
        **environment: str,
    ) -> Server:
        """A server on that port, or on any. It may not be listening yet."""
        self.migrate()
        command = ("daphne", "--port", str(port), *options, application)
        return self.launch(Server, command, environment | {"REDIS_URL": redis_url})

    def uvicorn(self, redis_url: str = "", *options: str, **environment: str) -> Server:
        self.migrate()
        command = ("uvicorn", "--port", "0", *options, "config.asgi:application")
        return self.launch(Server, command, environment | {"REDIS_URL": redis_url})

    def migrate(self, **environment: str) -> None:
        """Make the tables, if the project has its own and they are not there yet."""
        is_there = (self.folder / "db.sqlite3").exists() and not environment
        if is_there or not (self.project / "chat" / "migrations").is_dir():
            return
        migration = self.launch(
            Program, ("python", "manage.py", "migrate"), environment
        )
        assert migration.exit_status() == 0, migration.output

    def worker(self, redis_url: str) -> Program:
        """A worker for dice. Its tasks wait until it is up."""
        return self.start(
            "python", "manage.py", "runworker", "dice", REDIS_URL=redis_url
        )

    def nginx(self, configuration: Path, port: int) -> Program:
        """An nginx with that configuration, which listens on that port."""
        own = configuration.parent
        main = f"daemon off; pid {own}/nginx-{port}.pid;"
        if os.geteuid() == 0:
            # Its workers may read the folders of the user who runs the tests.
            main += " user root;"
        command = [require("nginx"), "-e", "stderr", "-p", str(own)]
        program = self.start(*command, "-c", str(configuration), "-g", main)
        program.wait_for_port(port)
        return program
