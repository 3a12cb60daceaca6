import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db.models.signals import post_migrate

from chat.tests.programs import database_in, free_port, migrate


def listens(port: int) -> bool:
    """Whether a server takes connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address (host:port) of this project's own runserver, without Redis."""
    port = free_port()
    folder = tmp_path_factory.mktemp("server")
    log = folder / "log"
    migrate(folder)
    environment = os.environ | {"REDIS_URL": "", "DATABASE_URL": database_in(folder)}
    # pytest has set it for itself. The server has to find its settings alone.
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "runserver", "--noreload", str(port)],
            cwd=Path(__file__).parent,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        while not listens(port):
            assert process.poll() is None, f"runserver ended:\n{log.read_text()}"
            time.sleep(0.05)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="session", autouse=True)
def no_table_is_filled() -> None:
    """After each test Django would write anew who may do what in an admin site.

    There is none here, and it would take longer than the test.
    """
    post_migrate.receivers.clear()
