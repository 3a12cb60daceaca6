"""The finished project as it really runs: processes, which can be killed."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chanx_django.chat.tests.programs import Program, run
from tests.support.commands import wait_until

LISTENING = re.compile(r"Listening on TCP address ([\d.]+:\d+)")


@dataclass
class Server:
    """A running Daphne, and its address, host:port."""

    program: Program
    address: str


@contextmanager
def serve(
    log: Path,
    port: int = 0,
    redis_url: str = "",
    environment: dict[str, str] | None = None,
) -> Iterator[Server]:
    """A Daphne on that port, or on any that is free.

    It is killed, as by `kill -9`, when the block ends.
    """
    variables = [f"{name}={value}" for name, value in (environment or {}).items()]
    daphne = [sys.executable, "-m", "daphne", "--port", str(port)]
    command = ["env", *variables, *daphne, "config.asgi:application"]
    with run(log, command, redis_url) as program:
        wait_until(lambda: bool(LISTENING.search(log.read_text())), f"no start: {log}")
        match = LISTENING.search(log.read_text())
        assert match
        yield Server(program, match[1])
