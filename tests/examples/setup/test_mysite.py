import http.client
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.examples.server import EXAMPLES, Examples, Server, environment_for
from tests.examples.setup.mysite import ASGI, PROJECT, SETTINGS, changed_copy

pytestmark = pytest.mark.covers("G1")


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
        timeout=300,
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


@pytest.mark.parametrize("apps", ["", '"channels", '])
def test_runworker_needs_channels_as_an_app(
    apps: str, folder: Path, tmp_path: Path
) -> None:
    project = changed_copy(tmp_path, (SETTINGS, '"daphne"', f'{apps}"daphne"'))
    finished = run_python(project, folder, "manage.py", "help", "--commands")

    assert ("runworker" in finished.stdout.split()) == bool(apps)


def test_what_imports_models_comes_after_the_apps_are_loaded(
    folder: Path, tmp_path: Path
) -> None:
    project = changed_copy(
        tmp_path,
        (SETTINGS, '"daphne"', '"django.contrib.auth", "django.contrib.contenttypes"'),
        (ASGI, "import os\n", "import os\nimport mysite.consumers\n"),
        (
            "mysite/consumers.py",
            "class",
            "from django.contrib.auth.models import User\n\n\nclass",
        ),
    )
    finished = run_python(project, folder, "-c", "import mysite.asgi")

    assert finished.stderr.splitlines()[-1] == (
        "django.core.exceptions.AppRegistryNotReady: Apps aren't loaded yet."
    )
