"""The servers that are measured, each in a process of its own on a free port."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from course.chapters import folder_of
from course.errors import TutorialError
from course.ports import HOST, listener
from course.system_packages import require

PROJECTS = ["cp4", "cp5", "final"]
# What they are compared with. It knows no layer, so it is one process.
BARE, CEILING = "bare", "ceiling"
CONTENDERS = [*PROJECTS, BARE, CEILING]
SECONDS_TO_START = 60

# The clients only look for messages, and would leave a ping without an answer.
NO_PING = "1000000"
DAPHNE = ["daphne", "--ping-interval", NO_PING]
UVICORN = ["uvicorn", "--ws-ping-interval", NO_PING, "--lifespan", "off"]
UVICORN += ["--log-level", "warning", "--no-access-log"]
# In the folder of whichever project, for rooms on the layer that has queues.
QUEUE_SETTINGS = """
from config.settings import *

CHANNEL_LAYERS["default"] = CHANNEL_LAYERS["tasks"]
"""


@dataclass(frozen=True)
class Setup:
    """What the servers run on."""

    server: str = "Daphne"
    layer: str = "in-memory"
    processes: int = 1

    def __str__(self) -> str:
        number = "" if self.processes == 1 else f", {self.processes} processes"
        return f"{self.server}, {self.layer}{number}"


@dataclass(frozen=True)
class Server:
    """One process of a contender, and where it listens."""

    process: psutil.Popen
    port: int

    @property
    def url(self) -> str:
        return f"ws://{HOST}:{self.port}"

    @property
    def memory(self) -> int:
        """The bytes that it takes."""
        return int(self.process.memory_info().rss)


@contextmanager
def killing_what_was_started() -> Iterator[None]:
    """Kill whatever was started in this block, however the block ends."""
    before = {*psutil.Process().children()}
    try:
        yield
    finally:
        started = {*psutil.Process().children()} - before
        for process in started:
            process.kill()
        psutil.wait_procs([*started])


def start_redis(folder: Path) -> Server:
    """A Redis of our own that keeps nothing. Raises TutorialError if it gives up."""
    port = free_port()
    command = [require("redis-server"), "--port", str(port), "--bind", HOST]
    return wait_for(start([*command, "--save", ""], port, folder, folder, {}), folder)


def start_contenders(
    setup: Setup, redis: Server, folder: Path
) -> dict[str, list[Server]]:
    """All of them, ready for clients; their logs go to the folder.

    Raises TutorialError if one gives up.
    """
    (folder / "queue_settings.py").write_text(QUEUE_SETTINGS)
    has_queue = setup.layer == "Redis queue"
    environment = {
        "DJANGO_SETTINGS_MODULE": "queue_settings" if has_queue else "config.settings",
        "PYTHONPATH": str(folder) if has_queue else "",
        "REDIS_URL": ""
        if setup.layer == "in-memory"
        else f"redis://{HOST}:{redis.port}",
        # These clients do nothing but send too fast.
        "RATE_LIMIT_BURST": "1000000000",
    }
    contenders: dict[str, list[Server]] = {}
    for name in CONTENDERS:
        is_project = name in PROJECTS
        place = folder_of(name) if is_project else Path(__file__).parent
        contenders[name] = []
        for _ in range(setup.processes if is_project else 1):
            port = free_port()
            command = [sys.executable, *arguments_for(name, setup, port)]
            server = start(command, port, place, folder, environment)
            contenders[name].append(server)
    for servers in contenders.values():
        for server in servers:
            wait_for(server, folder)
    return contenders


def arguments_for(name: str, setup: Setup, port: int) -> list[str]:
    """Return what Python is to run."""
    if name == CEILING:
        return ["ceiling.py", str(port)]
    module = "config.asgi" if name in PROJECTS else name
    server = DAPHNE if setup.server == "Daphne" else UVICORN
    return ["-m", *server, "--port", str(port), f"{module}:application"]


def start(
    command: list[str], port: int, place: Path, logs: Path, environment: dict[str, str]
) -> Server:
    with (logs / f"{port}.log").open("wb") as log:
        process = psutil.Popen(
            command,
            cwd=place,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # Out of reach of Ctrl-C, to be killed by this process alone.
            start_new_session=True,
        )
    return Server(process, port)


def wait_for(server: Server, logs: Path) -> Server:
    """Wait until a server listens. Raises TutorialError if it gives up."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and server.process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, server.port)) == 0:
                return server
        time.sleep(0.05)
    output = (logs / f"{server.port}.log").read_text(errors="replace")
    raise TutorialError(f"{output}\nA server did not start; see its output above.")


def free_port() -> int:
    with listener(0) as probe:
        return int(probe.getsockname()[1])
