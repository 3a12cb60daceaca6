"""The finished project as docker-compose.yml runs it for many."""

import shlex
import string
from pathlib import Path
from typing import Any

import yaml

from course.chapters import ROOT
from course.projects import copy_project
from tests.support.nginx import start_nginx
from tests.support.ports import free_port, free_ports
from tests.support.programs import Programs as AnyPrograms
from tests.support.running import HOST, Program, Server

TEMPLATE = ROOT / "deploy" / "nginx.conf.template"
# How the proxy shares out clients.
IN_TURNS = ""
STICKY = "ip_hash;"


def compose_services() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load(
        (ROOT / "docker-compose.yml").read_text()
    )["services"]
    return services


class Programs(AnyPrograms):
    """Starts programs in a copy of the finished project, and ends them."""

    def __init__(self, folder: Path) -> None:
        project = folder / "project"
        copy_project(ROOT / "chanx_django", project)
        settings = {"DJANGO_DEBUG": "0", "DJANGO_SECRET_KEY": "only-for-tests"}
        super().__init__(folder, project, **settings)

    def server(
        self,
        redis_url: str = "",
        *options: str,
        port: int | str = 0,
        **environment: str,
    ) -> Server:
        """A Daphne as docker-compose.yml starts it. It may not be listening yet."""
        self.migrate()
        command = compose_services()["server"]["command"]
        command = command.replace("0.0.0.0", HOST)
        command = command.replace("8000", str(port or free_port()))
        *words, application = shlex.split(command)
        environment |= {"REDIS_URL": redis_url}
        return self.launch(Server, (*words, *options, application), environment)

    def servers(
        self, number: int, redis_url: str = "", **environment: str
    ) -> dict[str, Server]:
        """So many of them, by address."""
        started = [
            self.server(redis_url, port=port, **environment)
            for port in free_ports(number)
        ]
        return {server.address: server for server in started}

    def worker(self, redis_url: str) -> Program:
        command = shlex.split(compose_services()["worker"]["command"])
        return self.start(*command, REDIS_URL=redis_url)

    def collect_static(self) -> Path:
        """Gather scripts and styles as docker-compose.yml does. Their folder."""
        command = shlex.split(compose_services()["static"]["command"])
        assert self.start(*command).exit_status() == 0
        return self.project / "collected"

    def proxy(
        self,
        addresses: list[str],
        balance: str = IN_TURNS,
        *,
        prefix: str = "",
        **changes: str,
    ) -> tuple[Program, str]:
        """An nginx with the course's configuration in front of these servers.

        `changes` are directives with another value, for example send_timeout="1s", or
        **{"proxy_set_header Upgrade": '""'}.
        """
        port = free_port()
        folder = self.folder / f"nginx-{port}"
        folder.mkdir()
        text = string.Template(TEMPLATE.read_text()).safe_substitute(
            PORT=f"{HOST}:{port}",
            SERVERS=" ".join(f"server {address};" for address in addresses),
            BALANCE=balance,
            PREFIX=prefix,
            STATIC=str(self.project / "collected"),
            TEMP=str(folder),
        )
        for directive, value in changes.items():
            text = replace_directive(text, directive, value)
        configuration = folder / "nginx.conf"
        configuration.write_text(text)
        return start_nginx(self, configuration, port), f"{HOST}:{port}"


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


def served(server: Program) -> int:
    """How many clients a server has let in so far."""
    return server.output.count("WSCONNECT /")
