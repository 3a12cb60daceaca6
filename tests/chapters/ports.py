"""The ports on the pages, and the free ones that stand for them here.

So nothing disturbs a server of this machine, and chapters are followed side by side.
"""

import re
import socket
import time
from collections.abc import Callable

from tests.support.ports import free_ports, replace_numbers

ON_THE_PAGES = (8000, 8001, 6379)

# Servers and clients that take a port of their own accord if they are given none, with
# the words that give them that one. A command may begin with variables of its own.
START = r"^((?:\w+=\S*\s+)*(?:exec )?"
DEFAULTS = {
    START + r"\S*python\S* manage\.py runserver)(?!\s+\S*\d)": r"\1 8000",
    START + r"(?:\S*python\S* -m )?daphne)(?!.*\s(?:-p|--port)\b)": r"\1 --port 8000",
    START + r"\S*python\S* \S*tutorial\.py serve)(?!.*--port)": r"\1 --port 8000",
    START + r"redis-server)(?!.*--port)": r"\1 --port 6379",
    START + r"redis-cli)(?!.*\s-p\b)": r"\1 -p 6379",
}
LISTENS_ON = re.compile(r"(?:runserver\s+(?:\S*:)?|--port[ =]|\s-p\s+)(\d+)\b")


class Ports:
    """Translates between the ports on the pages and free ones."""

    def __init__(self) -> None:
        self.real = dict(zip(ON_THE_PAGES, free_ports(len(ON_THE_PAGES)), strict=True))

    @property
    def for_browser(self) -> str:
        """The browser's argument that has it go to the free ports, and never know."""
        rules = [
            f"MAP {host}:{page} 127.0.0.1:{real}"
            for page, real in self.real.items()
            for host in ("localhost", "127.0.0.1")
        ]
        return f"--host-resolver-rules={','.join(rules)}"

    def to_page(self, text: str) -> str:
        """The text with the page's ports in place of the free ones."""
        return replace_numbers(text, {port: page for page, port in self.real.items()})

    def command(self, text: str) -> str:
        """The commands as a reader types them, with free ports in them."""
        for pattern, with_port in DEFAULTS.items():
            text = re.sub(pattern, with_port, text, flags=re.MULTILINE)
        return replace_numbers(text, self.real)


def accepts(port: int) -> bool:
    """Whether something listens on a port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ports_of_server(command: str) -> list[int]:
    """The ports on which a command will listen."""
    return [int(port) for port in LISTENS_ON.findall(command)]


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for a condition, and tell whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
