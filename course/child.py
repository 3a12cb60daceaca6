"""Programs that end when the command that started them does, even by `kill -9`.

As a program of its own, it runs the manage.py of the project in whose folder it is
started, once the tables of its database are made.
"""

import mimetypes
import os
import runpy
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path


def start_child(
    arguments: Sequence[str | Path],
    folder: Path,
    environment: dict[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start Python on a program that calls `end_with_parent`.

    Ctrl-C does not reach it, because it would answer with a traceback.
    """
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        # The one is for Windows, the other for all other systems.
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        start_new_session=True,
    )


def environment() -> dict[str, str]:
    """The reader's environment without what would change the projects' settings."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DJANGO_", "RATE_LIMIT_"))
        and name not in {"REDIS_URL", "DATABASE_URL", "PYTEST_ADDOPTS"}
    }


def end_with_parent() -> None:
    """End as soon as standard input does, which it does with the parent process."""
    threading.Thread(target=exit_at_end_of_input, daemon=True).start()


def exit_at_end_of_input() -> None:
    os.read(sys.stdin.fileno(), 1)
    os._exit(0)


def know_scripts() -> None:
    """Have scripts served as such, whatever the registry of Windows says of them."""
    mimetypes.add_type("text/javascript", ".js")


def migrate() -> None:
    """Make the tables of the project's database, if it has one."""
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    if settings.DATABASES:
        django.setup()
        call_command("migrate", verbosity=0)
        connections.close_all()


if __name__ == "__main__":
    end_with_parent()
    know_scripts()
    # In place of this file's folder, as for a manage.py that Python itself runs.
    sys.path.insert(0, os.getcwd())  # noqa: PTH109
    migrate()
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")
