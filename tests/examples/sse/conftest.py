import http.client
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.examples.conftest import ServeExample
from tests.examples.server import Examples, Server
from tests.support.nginx import start_nginx
from tests.support.ports import free_port
from tests.support.running import HOST, Program

SECONDS = 60
NGINX = """
events {{ }}
http {{
    access_log off;
    {temporary}
    server {{
        listen {host}:{port};
        location / {{ proxy_pass http://{address}; {lines} }}
    }}
}}
"""


class Stream:
    """A response that is read event by event."""

    def __init__(self, port: int, path: str) -> None:
        self.connection = http.client.HTTPConnection(HOST, port, timeout=SECONDS)
        self.connection.request("GET", path)
        self.response = self.connection.getresponse()

    def data(self) -> Iterator[object]:
        """The data of each event, until the end."""
        for line in self.response:
            if line.startswith(b"data: "):
                yield json.loads(line.removeprefix(b"data: "))

    def is_collected(self) -> bool:
        """Whether the last of these times was made before the first one arrived."""
        times = self.data()
        next(times)
        arrived = time.monotonic()
        *_, last = times
        return float(str(last)) < arrived

    def close(self) -> None:
        self.response.close()
        self.connection.close()


class Proxy:
    """An nginx that can be ended and started again on the same port."""

    def __init__(self, examples: Examples, server: Server, lines: str) -> None:
        self.examples = examples
        self.port = free_port()
        self.file: Path = examples.folder / f"nginx-{self.port}.conf"
        kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        temporary = [f"{kind}_temp_path {self.file}-{kind};" for kind in kinds]
        self.file.write_text(
            NGINX.format(
                temporary=" ".join(temporary),
                host=HOST,
                port=self.port,
                address=server.address,
                lines=lines,
            )
        )
        self.start()

    def start(self) -> None:
        self.program: Program = start_nginx(self.examples, self.file, self.port)


ServeProxy = Callable[[Server, str], Proxy]


@pytest.fixture(scope="module")
def serve_proxy(examples: Examples) -> ServeProxy:
    return lambda server, lines: Proxy(examples, server, lines)


@pytest.fixture(scope="module")
def mistakes(serve_example: ServeExample) -> Server:
    return serve_example("sse/mistakes.py")
