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

from course.chapters import FINAL, folder_of, load_chapters
from course.errors import TutorialError
from course.ports import HOST, listener
from course.system_packages import require

# What the last chapter begins with.
BEFORE = str(load_chapters()[-1].starts_at)
PROJECTS = ["cp4", BEFORE, "final"]
# What they are compared with. It knows no layer, so it is one process.
BARE, CEILING = "bare", "ceiling"
CONTENDERS = [*PROJECTS, BARE, CEILING]
SECONDS_TO_START = 60

# The clients only look for messages, and would leave a ping without an answer.
NO_PING = "1000000"
COMMANDS = {
    "Daphne": ["daphne", "--ping-interval", NO_PING],
    "Uvicorn": [
        *["uvicorn", "--ws-ping-interval", NO_PING, "--lifespan", "off"],
        *["--log-level", "warning", "--no-access-log"],
    ],
}
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
    command = [require("redis-server"), "--bind", HOST, "--save", "", "--port"]
    return wait_for(start(command, folder, folder), folder)


def start_contenders(
    setup: Setup, redis: Server, folder: Path
) -> dict[str, list[Server]]:
    """All of them, ready for clients; their logs go to the folder.

    Raises TutorialError if one gives up.
    """
    (folder / "queue_settings.py").write_text(QUEUE_SETTINGS)
    has_queue = setup.layer == "Redis queue"
    redis_url = "" if setup.layer == "in-memory" else f"redis://{HOST}:{redis.port}"
    environment = {
        "DJANGO_SETTINGS_MODULE": "queue_settings" if has_queue else "config.settings",
        "PYTHONPATH": str(folder),
        "REDIS_URL": redis_url,
        # As for many people: else Django keeps every question to the database.
        "DJANGO_DEBUG": "0",
        "DJANGO_SECRET_KEY": "only-to-measure",
        # That of the finished project, which the one before it can use as well.
        "DATABASE_URL": f"sqlite:///{(folder / 'db.sqlite3').as_posix()}",
        # These clients do nothing but send too fast.
        "RATE_LIMIT_BURST": "1000000000",
    }
    # For all that store.
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=folder_of(FINAL),
        env=os.environ | environment,
        check=True,
    )
    contenders: dict[str, list[Server]] = {}
    for name in CONTENDERS:
        is_project = name in PROJECTS
        place = folder_of(name) if is_project else Path(__file__).parent
        module = "config.asgi" if is_project else name
        program = ["-m", *COMMANDS[setup.server], f"{module}:application", "--port"]
        if name == CEILING:
            program = ["ceiling.py"]
        contenders[name] = [
            start([sys.executable, *program], place, folder, **environment)
            for _ in range(setup.processes if is_project else 1)
        ]
    for servers in contenders.values():
        for server in servers:
            wait_for(server, folder)
    return contenders


def start(command: list[str], place: Path, logs: Path, **environment: str) -> Server:
    """Start a server. Its port becomes the last argument."""
    with listener(0) as probe:
        port = int(probe.getsockname()[1])
    with (logs / f"{port}.log").open("wb") as log:
        process = psutil.Popen(
            [*command, str(port)],
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
