import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from course.system_packages import require
from tests.support.ports import free_port
from tests.support.programs import Programs
from tests.support.running import HOST, Program


class PostgreSQL(Program):
    """A PostgreSQL with an empty database; both it and its owner are "postgres"."""

    port: int
    data: Path

    def kill(self) -> None:
        """End it at once, and clear what it has stored."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()
        shutil.rmtree(self.data, ignore_errors=True)


def start_postgresql(programs: Programs, *options: str) -> PostgreSQL:
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
    postgresql = programs.launch(PostgreSQL, command, {})
    postgresql.port, postgresql.data = port, data
    postgresql.wait_for_output("ready to accept connections")
    return postgresql
