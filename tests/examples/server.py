"""A real Daphne, with the project that docs/examples/run.py makes around an example."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from checkpoints.chapters import ROOT
from tests.helpers import Command

EXAMPLES = ROOT / "docs" / "examples"
RUN = [sys.executable, str(EXAMPLES / "run.py")]
SECONDS_TO_ANSWER = 10


class Server:
    """An example that is being served."""

    def __init__(
        self, command: list[str], output: Path, environment: Mapping[str, str]
    ) -> None:
        self._command = Command(command, EXAMPLES, output, environment)
        try:
            self.wait_for_log("Listening on TCP address")
        except BaseException:
            self.stop()
            raise
        found = re.search(r"Listening on TCP address ([\d.]+):(\d+)", self.log)
        assert found
        self.host, self.port = found[1], int(found[2])

    @property
    def origin(self) -> str:
        """What a browser calls the server's own pages."""
        return f"http://{self.host}:{self.port}"

    @property
    def process_group(self) -> int:
        """The processes of this server, to send a signal to."""
        return self._command.process.pid

    @property
    def log(self) -> str:
        """What the server has written so far, errors and tracebacks included."""
        return self._command.output

    def wait_for_log(self, text: str) -> None:
        """Wait until the log has that text; fails with the log if it never does."""
        self._command.wait_for_output(text)

    def connect(self, path: str, **options: Any) -> ClientConnection:
        """Open a WebSocket as a page of this server does.

        `options` are those of websockets.sync.client.connect. Raises its InvalidStatus
        if the server refuses.
        """
        options = {"origin": self.origin, "proxy": None} | options
        return connect(f"ws://{self.host}:{self.port}{path}", **options)

    def send_request(self, request: bytes) -> bytes:
        """Send a request byte for byte, and return the answer's head."""
        with socket.create_connection((self.host, self.port), SECONDS_TO_ANSWER) as tcp:
            tcp.sendall(request)
            answer = b""
            while b"\r\n\r\n" not in answer and (part := tcp.recv(4096)):
                answer += part
            return answer.partition(b"\r\n\r\n")[0]

    def stop(self) -> None:
        """End it at once, with everything that it started."""
        if self._command.process.poll() is None:
            os.killpg(self.process_group, signal.SIGKILL)
        self._command.process.wait()


def environment_for(folder: Path, **variables: str) -> dict[str, str]:
    """The environment of an example whose database is in that folder."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("DJANGO_") and name != "REDIS_URL"
    }
    own = {"PYTHONUNBUFFERED": "1", "DATABASE": str(folder / "db.sqlite3")}
    return inherited | own | variables


def run(
    arguments: list[str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run run.py with these arguments, and wait for its end."""
    return subprocess.run(
        [*RUN, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
