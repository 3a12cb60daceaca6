"""The finished project as it runs for many: Redis, servers, workers and a proxy.

All of them are real programs on free ports of 127.0.0.1, with a folder of their own.
"""

import os
import shlex
import shutil
import signal
import string
import sys
from pathlib import Path
from typing import Any

import psutil
import yaml

from course.chapters import ROOT
from course.projects import copy_project
from course.system_packages import require
from tests.replay.ports import free_ports
from tests.support.commands import Command, is_free, wait_until

HOST = "127.0.0.1"
TEMPLATE = ROOT / "deploy" / "nginx.conf.template"


def compose_services() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load(
        (ROOT / "docker-compose.yml").read_text()
    )["services"]
    return services


class Program(Command):
    """A running program."""

    def kill(self) -> None:
        """End it at once, as a crash does; with what it has started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    @property
    def mebibytes(self) -> float:
        """The memory that it takes."""
        resident: int = psutil.Process(self.process.pid).memory_info().rss
        return resident / 2**20


class Programs:
    """Starts programs in a copy of the finished project, and ends them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = folder / "project"
        self.running: list[Program] = []
        copy_project(ROOT / "chanx_django", self.project)

    def start(self, *command: str, until: str = "", **environment: str) -> Program:
        """Start a command, and wait until its log has that text."""
        log = self.folder / f"{len(self.running)}.log"
        program = Program(
            list(command), self.project, log, self.environment() | environment
        )
        self.running.append(program)
        program.wait_for_output(until)
        return program

    def environment(self) -> dict[str, str]:
        """That of a server that is not for development."""
        foreign = ("DJANGO_", "RATE_LIMIT_", "REDIS_URL", "PYTHONPATH")
        own = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(foreign)
        }
        return own | {
            "DJANGO_DEBUG": "0",
            "DJANGO_SECRET_KEY": "only-for-tests",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONUNBUFFERED": "1",
        }

    def stop(self) -> None:
        for program in self.running:
            program.kill()

    def redis(self, *options: str, port: int = 0) -> tuple[Program, str]:
        """A Redis that keeps nothing on disk, and its address."""
        redis = shutil.which("redis-server")
        assert redis, "These tests start a real Redis: install redis-server."
        port = port or free_ports(1)[0]
        command = [redis, "--port", str(port), "--bind", HOST, "--save", "", *options]
        program = self.start(*command, until="Ready to accept connections")
        return program, f"redis://{HOST}:{port}"

    def server(
        self, redis_url: str = "", *options: str, **environment: str
    ) -> tuple[Program, str]:
        """A Daphne as docker-compose.yml starts it, and its address (host:port)."""
        servers = self.servers(1, redis_url, *options, **environment)
        [(address, program)] = servers.items()
        return program, address

    def servers(
        self, number: int, redis_url: str = "", *options: str, **environment: str
    ) -> dict[str, Program]:
        """So many of them, by address."""
        servers = {
            f"{HOST}:{port}": self.server_at(port, redis_url, *options, **environment)
            for port in free_ports(number)
        }
        for program in servers.values():
            program.wait_for_output("Listening on TCP address")
        return servers

    def server_at(
        self, port: int, redis_url: str = "", *options: str, **environment: str
    ) -> Program:
        """The same on a port of your choice. It may not be listening yet."""
        command = compose_services()["server"]["command"]
        command = command.replace("0.0.0.0", HOST).replace("8000", str(port))
        *words, application = shlex.split(command)
        return self.start(
            *words, *options, application, REDIS_URL=redis_url, **environment
        )

    def uvicorn(
        self, redis_url: str = "", *options: str, **environment: str
    ) -> tuple[Program, str]:
        port = str(free_ports(1)[0])
        program = self.start(
            *["uvicorn", "--port", port, *options, "config.asgi:application"],
            until="Uvicorn running on",
            REDIS_URL=redis_url,
            **environment,
        )
        return program, f"{HOST}:{port}"

    def worker(self, redis_url: str) -> Program:
        """A worker as docker-compose.yml starts it. Its tasks wait until it is up."""
        command = shlex.split(compose_services()["worker"]["command"])
        return self.start(*command, REDIS_URL=redis_url)

    def collect_static(self) -> Path:
        """Gather scripts and styles as docker-compose.yml does. Their folder."""
        command = shlex.split(compose_services()["static"]["command"])
        assert self.start(*command).exit_status() == 0
        return self.project / "collected"

    def proxy(
        self, addresses: list[str], balance: str = "", **changes: str
    ) -> tuple[Program, str]:
        """An nginx with the course's configuration in front of these servers.

        `changes` are directives with another value, for example send_timeout="1s", or
        **{"proxy_set_header Upgrade": '""'}.
        """
        port = str(free_ports(1)[0])
        folder = self.folder / f"nginx-{port}"
        folder.mkdir()
        text = string.Template(TEMPLATE.read_text()).safe_substitute(
            PORT=f"{HOST}:{port}",
            SERVERS=" ".join(f"server {address};" for address in addresses),
            BALANCE=balance,
            STATIC=str(self.project / "collected"),
            TEMP=str(folder),
        )
        for directive, value in changes.items():
            text = replace_directive(text, directive, value)
        configuration = folder / "nginx.conf"
        configuration.write_text(text)
        command = [
            require("nginx"),
            "-e",
            "stderr",
            "-p",
            str(folder),
            "-c",
            str(configuration),
        ]
        main = f"daemon off; pid {folder}/nginx.pid;"
        if os.geteuid() == 0:
            # Its workers may read the folders of the user who runs the tests.
            main += " user root;"
        command += ["-g", main]
        program = self.start(*command)
        wait_for_port(int(port), program)
        return program, f"{HOST}:{port}"


def replace_directive(text: str, directive: str, value: str) -> str:
    lines = text.splitlines()
    words = directive.split()
    [index] = [
        number
        for number, line in enumerate(lines)
        if line.split()[: len(words)] == words
    ]
    lines[index] = f"{directive} {value};"
    return "\n".join(lines)


def wait_for_port(port: int, program: Program) -> None:
    wait_until(
        lambda: not is_free(port) or program.process.poll() is not None,
        "nothing listens",
    )
    assert program.process.poll() is None, program.output
