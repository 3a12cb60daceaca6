import http.client
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.examples.facts import Row, facts, rows_of
from tests.examples.server import EXAMPLES, Examples, Server, environment_for
from tests.support.commands import is_free, wait_until
from tests.support.ports import free_ports

pytestmark = pytest.mark.covers("G1")

PROJECT = EXAMPLES / "setup"
SETTINGS, ASGI = "mysite/settings.py", "mysite/asgi.py"
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


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The project as it is, served by Daphne itself."""
    with Examples(tmp_path_factory.mktemp("mysite"), PROJECT) as examples:
        yield examples.serve("daphne", "-p", "0", "mysite.asgi:application")


def test_the_project_answers_both_protocols(server: Server) -> None:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    connection.request("GET", "/")

    assert connection.getresponse().read() == b"Hello from a view."
    assert server.ask("/ws/hello/") == "Hello from a consumer."


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("/ws/nothing/", "http://localhost:8000"),
        ("/ws/hello/", "http://evil.example"),
        ("/ws/hello/", None),
    ],
)
def test_what_it_does_not_know_it_refuses(
    path: str, origin: str | None, server: Server
) -> None:
    assert server.ask(path, origin=origin) == "status 403"
    assert "Traceback" not in server.output


def run_python(
    project: Path, folder: Path, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run Python in a project's folder, and wait for its end."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env=environment_for(folder, DJANGO_SETTINGS_MODULE="mysite.settings"),
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_connection_goes_the_way_that_is_drawn(folder: Path) -> None:
    code = """
from mysite.asgi import application
print(type(application).__name__)
print(type(application.application_mapping["http"]).__name__)
websocket = application.application_mapping["websocket"]
print(type(websocket).__name__)
print(type(websocket.application).__name__)
print(websocket.application.routes[0].callback.consumer_class.__name__)
"""
    finished = run_python(PROJECT, folder, "-c", code)

    drawn = (EXAMPLES.parent / "guide/setup-way.svg").read_text(encoding="utf-8")
    assert finished.stdout.splitlines() == [
        "ProtocolTypeRouter",
        "ASGIHandler",
        "OriginValidator",
        "URLRouter",
        "HelloConsumer",
    ]
    for name in "ProtocolTypeRouter", "OriginValidator", "URLRouter", "HelloConsumer":
        assert name in drawn


class Attempt:
    """A copy of the project with a mistake in it, in which runserver is started."""

    def __init__(self, mistake: str, folder: Path) -> None:
        file, old, new = MISTAKES[mistake]
        project = shutil.copytree(PROJECT, folder / "project")
        text = (project / file).read_text(encoding="utf-8")
        assert old in text
        (project / file).write_text(text.replace(old, new), encoding="utf-8")
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


@pytest.mark.parametrize("apps", ["", '"channels", '])
def test_runworker_needs_channels_as_an_app(
    apps: str, folder: Path, tmp_path: Path
) -> None:
    project = shutil.copytree(PROJECT, tmp_path / "project")
    settings = project / SETTINGS
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('"daphne"', f'{apps}"daphne"'), encoding="utf-8")
    finished = run_python(project, folder, "manage.py", "help", "--commands")

    assert ("runworker" in finished.stdout.split()) == bool(apps)


def test_what_imports_models_comes_after_the_apps_are_loaded(
    folder: Path, tmp_path: Path
) -> None:
    project = shutil.copytree(PROJECT, tmp_path / "project")
    for file, old, new in [
        (SETTINGS, '"daphne"', '"django.contrib.auth", "django.contrib.contenttypes"'),
        (ASGI, "import os\n", "import os\nimport mysite.consumers\n"),
        (
            "mysite/consumers.py",
            "class",
            "from django.contrib.auth.models import User\n\n\nclass",
        ),
    ]:
        text = (project / file).read_text(encoding="utf-8")
        (project / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    finished = run_python(project, folder, "-c", "import mysite.asgi")

    assert finished.stderr.splitlines()[-1] == (
        "django.core.exceptions.AppRegistryNotReady: Apps aren't loaded yet."
    )
