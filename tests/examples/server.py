"""A real Daphne, with the project that docs/examples/run.py makes around an example."""

import json
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Close
from websockets.sync.client import ClientConnection, connect

from course.chapters import ROOT
from course.child import environment
from tests.support import running
from tests.support.programs import Programs

EXAMPLES = ROOT / "docs" / "examples"
RUN = [sys.executable, str(EXAMPLES / "run.py")]
SECONDS_TO_ANSWER = 30
T = TypeVar("T")


class Examples(Programs):
    """Starts programs in the folder of the examples; their database is in `folder`."""

    def __init__(self, folder: Path, project: Path = EXAMPLES) -> None:
        super().__init__(folder, project, DATABASE=str(folder / "db.sqlite3"))

    def serve(self, *command: str, **environment: str) -> "Server":
        """Start a command that serves an example, and wait until it listens."""
        server = self.launch(Server, command, environment)
        server.wait_for_output("Listening on TCP address")
        return server


class Server(running.Server):
    """An example that is being served."""

    @property
    def host(self) -> str:
        return self.address.split(":")[0]

    @property
    def port(self) -> int:
        return int(self.address.split(":")[1])

    @property
    def origin(self) -> str:
        """What a browser calls the server's own pages."""
        return f"http://{self.address}"

    def get(self, path: str) -> Any:
        """What a view tells in JSON."""
        url = f"{self.origin}{path}"
        with urllib.request.urlopen(url, timeout=SECONDS_TO_ANSWER) as answer:
            return json.load(answer)

    def connect(self, path: str, **options: Any) -> ClientConnection:
        """Open a WebSocket as a page of this server does.

        `options` are those of websockets.sync.client.connect. Raises its InvalidStatus
        if the server refuses.
        """
        options = {"origin": self.origin, "proxy": None} | options
        return connect(f"ws://{self.address}{path}", **options)

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


def hear(client: ClientConnection) -> str:
    return str(client.recv(SECONDS_TO_ANSWER))


def closed_with(client: ClientConnection) -> int | None:
    with pytest.raises(ConnectionClosed):
        client.recv(SECONDS_TO_ANSWER)
    return client.close_code


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
    own = {"PYTHONUNBUFFERED": "1", "DATABASE": str(folder / "db.sqlite3")}
    return environment() | own | variables


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
        timeout=300,
    )
