"""`tutorial.py serve`: run a checkpoint, or the learner's project, until Ctrl-C."""

import contextlib
import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from course.branches import branches_once
from course.chapters import FINAL, ROOT, find_checkpoint
from course.diff import is_finished_project_in_place, same_as_mine
from course.errors import TutorialError
from course.projects import (
    MINE,
    copy_checkpoint,
    may_be_finished,
    require_project,
)
from course.source import FINISHED

HOST = "127.0.0.1"
SECONDS_TO_START = 60
SECONDS_TO_STOP = 10

MIGRATE_IF_THERE_IS_A_DATABASE = """
import django
from django.conf import settings
from django.core.management import call_command

if settings.DATABASES:
    django.setup()
    call_command("migrate", verbosity=0)
"""


def ignore_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


# A project that is still starting would answer it with a traceback. Windows has no such
# thing for what is started.
LEAVE_CTRL_C_TO_ME = ignore_ctrl_c if os.name == "posix" else None


@dataclass(frozen=True)
class Project:
    """What is served: the folder, and what to call it."""

    title: str
    folder: Path


def serve(name: str | None, port: int) -> int:
    """Run a checkpoint's server until Ctrl-C or SIGTERM and return 0.

    Without a name, it is what is in chanx_django/. The course's pages are served beside
    it, once they are built. In a Git clone, the first run makes the branches.

    Raises TutorialError if the checkpoint is unknown, there is no project, the port is
    taken, or the server does not start or ends by itself.
    """
    if name:
        find_checkpoint(name)
    else:
        require_project()
    require_free_port(port)
    make_branches()
    with tempfile.TemporaryDirectory() as temporary:
        return run(find_project(name, Path(temporary)), port)


def find_project(name: str | None, temporary: Path) -> Project:
    if name is None:
        same = same_as_mine()
        title = f"{FINISHED}/" + (f", which is {same}" if same else "")
        return Project(title, MINE)
    if name != FINAL or (may_be_finished() and is_finished_project_in_place()):
        return Project(name, find_checkpoint(name).folder)
    copy_checkpoint(name, temporary / name)
    return Project(name, temporary / name)


def run(project: Project, port: int) -> int:
    started: list[subprocess.Popen[bytes]] = []
    try:
        migrate(project)
        server = start_server(project, port)
        started.append(server)
        wait_for_page(server, port)
        print_addresses(project, port)
        started.append(start_docs(port + 1))
        status = server.wait()
        raise TutorialError(f"The server ended by itself, with exit status {status}.")
    except KeyboardInterrupt:
        return 0
    finally:
        stop(started)


def require_free_port(port: int) -> None:
    with socket.socket() as probe:
        if os.name != "nt":
            # A port whose last connections are still closing counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            reason = (
                "is taken by another program"
                if error.errno == errno.EADDRINUSE
                else f"cannot be used ({error.strerror})"
            )
            raise TutorialError(
                f"Port {port} {reason}; choose another one with --port."
            ) from error


def make_branches() -> None:
    # Whoever wants to see a project shall see it, with branches or without.
    with contextlib.suppress(TutorialError, OSError):
        if news := branches_once():
            print(news, flush=True)


def migrate(project: Project) -> None:
    try:
        finished = subprocess.run(
            [sys.executable, "-c", MIGRATE_IF_THERE_IS_A_DATABASE],
            cwd=project.folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            timeout=SECONDS_TO_START,
            preexec_fn=LEAVE_CTRL_C_TO_ME,
        )
    except subprocess.TimeoutExpired as error:
        raise TutorialError(
            f"{project.title} was not loaded within {SECONDS_TO_START} seconds, so it "
            "was stopped. To see where it hangs: python3 tutorial.py check"
        ) from error
    if finished.returncode:
        raise TutorialError(
            f"{project.title} could not be started; see the output above."
        )


def start_server(project: Project, port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "runserver", "--noreload", f"{HOST}:{port}"],
        cwd=project.folder,
        env=environment() | {"TUTORIAL_URL": tutorial_url(port + 1)},
        stdin=subprocess.DEVNULL,
        preexec_fn=LEAVE_CTRL_C_TO_ME,
    )


def tutorial_url(port: int) -> str:
    """Return the address of the course's pages, or "" if they will get another port."""
    try:
        require_free_port(port)
    except (TutorialError, OverflowError):
        return ""
    return f"http://{HOST}:{port}/"


def start_docs(first_port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "course.docs", str(first_port)],
        cwd=ROOT,
        # It ends when this pipe does, so it needs no Ctrl-C, which it would answer with
        # a traceback.
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def environment() -> dict[str, str]:
    return os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}


def wait_for_page(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise TutorialError("The server did not start; see its output above.")
        if page_answers(port):
            return
        time.sleep(0.05)
    raise TutorialError(
        f"The server gave no page within {SECONDS_TO_START} seconds, so it was stopped."
    )


def page_answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def print_addresses(project: Project, port: int) -> None:
    pages = {"WebSocket console": "/"}
    if (project.folder / "chat/templates/chat/chat.html").exists():
        pages |= {"Chat": "/chat/", "API documentation": "/asyncapi/docs/"}
    lines = [
        f"  {title + ':':<20}http://{HOST}:{port}{path}"
        for title, path in pages.items()
    ]
    heading = f"Serving {project.title}. Stop it with Ctrl-C."
    print("", heading, *lines, "", sep="\n", flush=True)


def stop(started: list[subprocess.Popen[bytes]]) -> None:
    # A second Ctrl-C must not leave a server behind.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for server in started:
        server.terminate()
    for server in started:
        try:
            server.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
