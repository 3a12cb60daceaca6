"""The servers that are measured, each in a process of its own on a free port."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from course.chapters import find_checkpoint
from course.errors import TutorialError
from course.system_packages import require

CEILING = "ceiling"
BARE = "bare"
# What the projects are compared with. It knows no layer, so it is one process.
REFERENCES = {BARE, CEILING}
SECONDS_TO_START = 60

# In the folder of whichever project, for rooms on the layer that has queues.
QUEUE_SETTINGS = """
from config.settings import *

CHANNEL_LAYERS["default"] = CHANNEL_LAYERS["tasks"]
"""


@dataclass(frozen=True)
class Setup:
    """What the servers run on."""

    server: Literal["Daphne", "Uvicorn"] = "Daphne"
    layer: Literal["in-memory", "Redis pub/sub", "Redis queue"] = "in-memory"
    processes: int = 1

    def __str__(self) -> str:
        number = "" if self.processes == 1 else f", {self.processes} processes"
        return f"{self.server}, {self.layer}{number}"


@dataclass(frozen=True)
class Contender:
    """A project, the bare application or the ceiling, its processes and their ports."""

    name: str
    ports: list[int]
    processes: list[subprocess.Popen[bytes]]

    @property
    def urls(self) -> list[str]:
        return [f"ws://127.0.0.1:{port}" for port in self.ports]


@contextmanager
def run_redis(folder: Path) -> Iterator[str]:
    """A Redis of our own that keeps nothing; yields its address."""
    require("redis-server")
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with run(command, folder, folder / "redis.log", {}) as process:
        wait_for_port(port, process, folder / "redis.log")
        yield f"redis://127.0.0.1:{port}"


@contextmanager
def run_contenders(
    names: list[str], setup: Setup, redis_url: str, folder: Path
) -> Iterator[list[Contender]]:
    """All of them, ready for clients; their logs go to the folder.

    Raises TutorialError if one does not start.
    """
    (folder / "queue_settings.py").write_text(QUEUE_SETTINGS)
    with ExitStack() as stack:
        contenders = []
        for name in names:
            number = 1 if name in REFERENCES else setup.processes
            ports = [free_port() for _ in range(number)]
            environment = environment_for(setup, redis_url, folder)
            processes = []
            for port in ports:
                command, log = command_for(name, setup, port), folder / f"{port}.log"
                server = run(command, folder_of(name), log, environment)
                processes.append(stack.enter_context(server))
            contenders.append(Contender(name, ports, processes))
        for contender in contenders:
            for port, process in zip(contender.ports, contender.processes, strict=True):
                wait_for_port(port, process, folder / f"{port}.log")
        yield contenders


def folder_of(name: str) -> Path:
    if name in REFERENCES:
        return Path(__file__).parent
    return find_checkpoint(name).folder


def command_for(name: str, setup: Setup, port: int) -> list[str]:
    if name == CEILING:
        return [sys.executable, "ceiling.py", str(port)]
    module = "bare" if name == BARE else "config.asgi"
    application = ["--port", str(port), f"{module}:application"]
    if setup.server == "Daphne":
        return [sys.executable, "-m", "daphne", *application]
    quiet = ["--no-access-log", "--log-level", "warning", "--lifespan", "off"]
    return [sys.executable, "-m", "uvicorn", *quiet, *application]


def environment_for(setup: Setup, redis_url: str, folder: Path) -> dict[str, str]:
    has_queue = setup.layer == "Redis queue"
    return {
        "DJANGO_SETTINGS_MODULE": "queue_settings" if has_queue else "config.settings",
        "PYTHONPATH": str(folder) if has_queue else "",
        "REDIS_URL": "" if setup.layer == "in-memory" else redis_url,
        # These clients do nothing but send too fast.
        "RATE_LIMIT_BURST": "1000000000",
    }


@contextmanager
def run(
    command: list[str], folder: Path, log: Path, environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Out of reach of Ctrl-C, to be ended by this block alone.
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    output = log.read_text(errors="replace")
    raise TutorialError(f"{output}\nA server did not start; see its output above.")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
