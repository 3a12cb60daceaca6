"""The project with a mistake in it, under runserver."""

import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.examples.facts import Row, facts, rows_of
from tests.examples.server import Examples
from tests.examples.setup.mysite import ASGI, SETTINGS, changed_copy
from tests.support.commands import is_free, wait_until
from tests.support.ports import free_ports

pytestmark = pytest.mark.covers("G1")


# How the mistakes of the table are made: in which file, what, and what instead.
MISTAKES = {
    "nothing is wrong": (SETTINGS, "", ""),
    "daphne is not installed as an app": (SETTINGS, '    "daphne",\n', ""),
    "daphne comes after staticfiles": (
        SETTINGS,
        '    "daphne",\n    "django.contrib.staticfiles",\n',
        '    "django.contrib.staticfiles",\n    "daphne",\n',
    ),
    "ASGI_APPLICATION is missing": (SETTINGS, "ASGI_APPLICATION", "NOTHING"),
    "ASGI_APPLICATION names something that is not there": (
        SETTINGS,
        "asgi.application",
        "asgi.app",
    ),
    'the ProtocolTypeRouter has no "websocket"': (ASGI, '"websocket"', '"nothing"'),
}
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


class Attempt:
    """A copy of the project with a mistake in it, in which runserver is started."""

    def __init__(self, mistake: str, folder: Path) -> None:
        project = changed_copy(folder, MISTAKES[mistake])
        (self.port,) = free_ports(1)
        programs = Examples(folder, project)
        command = ["python", "manage.py", "runserver", "--noreload", str(self.port)]
        self.command = programs.start(*command)

    def handshake(self) -> str:
        """What a WebSocket gets, once the server listens or has given up."""
        wait_until(
            lambda: self.command.process.poll() is not None or not is_free(self.port),
            "runserver neither listens nor gives up",
        )
        if self.command.process.poll() is not None:
            return "no answer"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        origin = {"Origin": f"http://127.0.0.1:{self.port}"}
        connection.request("GET", "/ws/hello/", headers=HANDSHAKE | origin)
        return f"status {connection.getresponse().status}"


@pytest.fixture(scope="module")
def attempts(folder: Path) -> Iterator[dict[str, Attempt]]:
    """All attempts, started at the same time."""
    mistakes = [row["In the project"] for row in rows_of("setup/mistakes.csv")]
    folders = [folder / str(number) for number, _ in enumerate(mistakes)]
    for place in folders:
        place.mkdir()
    started = dict(zip(mistakes, map(Attempt, mistakes, folders), strict=True))

    yield started

    for attempt in started.values():
        attempt.command.kill()


@pytest.mark.parametrize("row", facts("setup/mistakes.csv"))
def test_a_mistake(row: Row, attempts: dict[str, Attempt]) -> None:
    attempt = attempts[row["In the project"]]

    assert attempt.handshake() == row["A WebSocket gets"]
    attempt.command.wait_for_output(row["What runserver or its log says"])


@pytest.mark.parametrize(
    "project", ["nothing is wrong", "daphne is not installed as an app"]
)
def test_a_view_is_served_both_ways(project: str, attempts: dict[str, Attempt]) -> None:
    attempt = attempts[project]
    attempt.handshake()

    connection = http.client.HTTPConnection("127.0.0.1", attempt.port, timeout=10)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"Hello from a view."
