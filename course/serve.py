"""`tutorial.py serve`: run a checkpoint, or the learner's project, until Ctrl-C."""

import contextlib
import http.client
import os
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from course.branches import branches_once
from course.chapters import FINAL, ROOT, Checkpoint, all_checkpoints, find_checkpoint
from course.child import start_child
from course.errors import TutorialError
from course.network import (
    addresses_of_this_computer,
    environment_for_network,
    require_admitted,
    show,
)
from course.ports import EVERYWHERE, HOST, free_port_of_pages, require_free
from course.projects import (
    code_of,
    copy_checkpoint,
    is_in_its_folder,
    require_project,
    title_of,
)

SECONDS_TO_START = 60
SECONDS_TO_STOP = 10
CHAT_PAGE = "chat/templates/chat/chat.html"
WORKER = "system/management/commands/work.py"
# Each page of a project, and a file of those projects that have it.
PAGES = [
    ("WebSocket console", "/", "manage.py"),
    ("Chat", "/chat/", CHAT_PAGE),
    ("API documentation", "/asyncapi/docs/", CHAT_PAGE),
    ("Jobs", "/system/", WORKER),
    ("Assistant", "/assistants/", "assistants/views.py"),
]
MANAGE = ["-P", str(Path(__file__).with_name("child.py")), "manage.py"]


@dataclass(frozen=True)
class Served:
    """What is served: the folder, and what to call it."""

    title: str
    folder: Path


def serve(wanted: Checkpoint | Path | None, port: int, network: bool) -> int:
    """Run a checkpoint's or a learner's server until Ctrl-C or SIGTERM and return 0.

    Without either, it is what is in chanx_django/. The course's pages are served beside
    it, once they are built. In a Git clone, the first run makes the branches. On
    demand, other devices of the network reach the server.

    Raises TutorialError if there is no project, the port is taken, or the server does
    not start or ends by itself.
    """
    if wanted is None:
        wanted = find_checkpoint(FINAL).folder
    if isinstance(wanted, Path):
        require_project(wanted)
    hosts = addresses_of_this_computer() if network else []
    require_free(port, EVERYWHERE if network else HOST)
    make_branches()
    with tempfile.TemporaryDirectory() as temporary:
        return run(what_to_serve(wanted, Path(temporary)), port, hosts)


def what_to_serve(wanted: Checkpoint | Path, temporary: Path) -> Served:
    if isinstance(wanted, Path):
        same = same_checkpoint(wanted)
        title = title_of(wanted) + (f", which is {same.name}" if same else "")
        return Served(title, wanted)
    if is_in_its_folder(wanted):
        return Served(wanted.name, wanted.folder)
    copy_checkpoint(wanted, temporary / wanted.name)
    return Served(wanted.name, temporary / wanted.name)


def same_checkpoint(project: Path) -> Checkpoint | None:
    """Return the checkpoint that equals this project, if there is one."""
    code = code_of(project)
    for checkpoint in all_checkpoints():
        if code_of(checkpoint) == code:
            return checkpoint
    return None


def run(served: Served, port: int, hosts: list[str]) -> int:
    started: list[subprocess.Popen[bytes]] = []
    try:
        port_of_pages = free_port_of_pages(port)
        started.append(start_server(served, port, port_of_pages, hosts))
        wait_for_page(served, started[0], port)
        if hosts:
            require_admitted(hosts[0], port)
        print_addresses(served, port)
        if has(served, WORKER):
            started.append(start_child([*MANAGE, "work"], served.folder, environment()))
        if hosts:
            show(hosts, port, "/chat/" if has(served, CHAT_PAGE) else "/")
        started.append(start_child(["-m", "course.docs", str(port_of_pages)], ROOT))
        status = started[0].wait()
        raise TutorialError(f"The server ended by itself, with exit status {status}.")
    except KeyboardInterrupt:
        return 0
    finally:
        stop(started)


def make_branches() -> None:
    # Whoever wants to see a project shall see it, with branches or without.
    with contextlib.suppress(TutorialError, OSError):
        if news := branches_once():
            print(news, flush=True)


def start_server(
    served: Served, port: int, port_of_pages: int, hosts: list[str]
) -> subprocess.Popen[bytes]:
    command = ["runserver", "--noreload"]
    pages = f"http://{HOST}:{port_of_pages}/"
    variables = environment() | {"TUTORIAL_URL": pages}
    if hosts:
        # Without DEBUG, static files are served only on demand.
        command += ["--insecure", f"{EVERYWHERE}:{port}"]
        variables |= environment_for_network(hosts)
    else:
        command.append(f"{HOST}:{port}")
    return start_child([*MANAGE, *command], served.folder, variables)


def environment() -> dict[str, str]:
    """The reader's environment, with the addresses that are printed among the hosts."""
    variables = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    variables.pop("DJANGO_DEBUG", None)
    if hosts := variables.get("DJANGO_ALLOWED_HOSTS"):
        variables["DJANGO_ALLOWED_HOSTS"] = f"{hosts},localhost,{HOST}"
    return variables


def wait_for_page(served: Served, server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise TutorialError("The server did not start; see its output above.")
        if page_answers(port):
            return
        time.sleep(0.05)
    raise TutorialError(
        f"{served.title} gave no page within {SECONDS_TO_START} seconds, so it was "
        "stopped. To see where it hangs: python3 tutorial.py check"
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


def print_addresses(served: Served, port: int) -> None:
    lines = [
        f"  {title + ':':<20}http://{HOST}:{port}{path}"
        for title, path, file in PAGES
        if has(served, file)
    ]
    heading = f"Serving {served.title}. Stop it with Ctrl-C."
    print("", heading, *lines, "", sep="\n", flush=True)


def has(served: Served, file: str) -> bool:
    return (served.folder / file).exists()


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
