"""The one way in which tests start Redis, servers and workers.

They are real programs, on free ports of 127.0.0.1 and with a folder of their own.
"""

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Self, TypeVar

from course.chapters import ROOT
from course.child import environment
from course.system_packages import require
from tests.support.ports import free_port
from tests.support.running import HOST, Program, Redis, Server

FINISHED = ROOT / "chanx_django"

Kind = TypeVar("Kind", bound=Program)

# Those that migrations have made, by the files of the migrations.
empty_databases: dict[frozenset[bytes], bytes] = {}


class Programs:
    """Starts programs in a project, and kills what still runs when its block ends.

    Their logs are in `folder`. The finished project is the one, if none is given.
    """

    def __init__(
        self, folder: Path, project: Path = FINISHED, **environment: str
    ) -> None:
        self.folder = folder
        self.database = folder / "db.sqlite3"
        self.project = project
        self.variables = environment
        self.running: list[Program] = []
        self.is_migrated = False

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
        own = {
            # For a project that stores something; each test has its own.
            "DATABASE_URL": f"sqlite:///{self.database}",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": "",
            "PYTHONUNBUFFERED": "1",
        }
        return environment() | own | self.variables

    def redis(self, *options: str, port: int = 0) -> Redis:
        port = port or free_port()
        command = [require("redis-server"), "--port", str(port), "--bind", HOST]
        # A replica stores what it gets from its master, whatever "save" says.
        command += ["--dir", str(self.folder), "--save", ""]
        redis = self.launch(Redis, (*command, *options), {})
        redis.port = port
        redis.wait()
        return redis

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
        """Make the tables of the project's database, if it has its own.

        A new SQLite without anything in it is the same for all, and so made once.
        """
        files = [file.read_bytes() for file in self.project.glob("*/migrations/*.py")]
        if self.is_migrated or not files:
            return
        self.is_migrated = True
        migrations = frozenset(files)
        is_own = "DATABASE_URL" not in self.variables | environment
        is_new = is_own and not self.database.exists()
        if is_new and migrations in empty_databases:
            self.database.write_bytes(empty_databases[migrations])
            return
        command = ("python", "manage.py", "migrate")
        migration = self.launch(Program, command, environment)
        assert migration.exit_status() == 0, migration.output
        if is_new:
            # Not the file alone: SQLite may still have what is in it beside it.
            with closing(sqlite3.connect(self.database)) as made:
                empty_databases[migrations] = made.serialize()

    def worker(self, redis_url: str) -> Program:
        """A worker for dice. Its tasks wait until it is up."""
        return self.start(
            "python", "manage.py", "runworker", "dice", REDIS_URL=redis_url
        )
