"""A real Daphne, with the project that docs/examples/run.py makes around an example."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Close
from websockets.sync.client import ClientConnection, connect

from course.chapters import ROOT
from tests.support.commands import Command

EXAMPLES = ROOT / "docs" / "examples"
RUN = [sys.executable, str(EXAMPLES / "run.py")]
SECONDS_TO_ANSWER = 30
T = TypeVar("T")


class Server:
    """An example that is being served."""

    def __init__(
        self,
        command: list[str],
        output: Path,
        environment: Mapping[str, str],
        folder: Path = EXAMPLES,
    ) -> None:
        self._command = Command(command, folder, output, environment)
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

    def ask(self, path: str, *frames: str | bytes, **options: Any) -> str:
        """Connect, send these frames, and return what comes first, in words.

        That is a text as it is, bytes as Python writes them, "code 4001" (with the
        reason, if there is one) where the server closes, "no close frame" where it goes
        without one, "status 403" where it refuses.
        """
        return next(self._answers(path, *frames, **options))

    def ask_to_the_end(
        self, path: str, *frames: str | bytes, **options: Any
    ) -> list[str]:
        """The same, but return all that comes until the server closes."""
        return list(self._answers(path, *frames, **options))

    def _answers(
        self, path: str, *frames: str | bytes, **options: Any
    ) -> Iterator[str]:
        try:
            with self.connect(path, **options) as socket:
                for frame in frames:
                    socket.send(frame)
                while True:
                    answer = socket.recv(SECONDS_TO_ANSWER)
                    yield answer if isinstance(answer, str) else repr(answer)
        except InvalidStatus as error:
            yield f"status {error.response.status_code}"
        except ConnectionClosed as error:
            yield in_words(error.rcvd)

    def send_request(self, request: bytes) -> bytes:
        """Send a request byte for byte, and return the answer's head."""
        with socket.create_connection((self.host, self.port), SECONDS_TO_ANSWER) as tcp:
            tcp.sendall(request)
            answer = b""
            while b"\r\n\r\n" not in answer and (part := tcp.recv(4096)):
                answer += part
            return answer.partition(b"\r\n\r\n")[0]

    def terminate(self, by: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to stop, as a process manager does, and wait until it has."""
        os.killpg(self.process_group, by)
        self._command.exit_status()

    def stop(self) -> None:
        """End it at once, with everything that it started."""
        if self._command.process.poll() is None:
            os.killpg(self.process_group, signal.SIGKILL)
        self._command.process.wait()


def in_words(close: Close | None) -> str:
    """Say how a connection was closed."""
    if close is None:
        return "no close frame"
    return f"code {close.code}" + (f", {close.reason}" if close.reason else "")


def at_once(ask: Callable[[str], T], questions: Iterable[str]) -> dict[str, T]:
    """Ask all at the same time, and return the answers by question.

    For answers that take their time: Daphne needs a second to notice an error.
    """
    asked = list(questions)
    with ThreadPoolExecutor(len(asked)) as pool:
        return dict(zip(asked, pool.map(ask, asked), strict=True))


def module_of(example: str) -> str:
    """The name by which Python imports an example, such as routing.rooms."""
    return example.removesuffix(".py").replace("/", ".")


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
        timeout=120,
    )
