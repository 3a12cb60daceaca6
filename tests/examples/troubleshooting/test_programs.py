import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from channels.routing import URLRouter
from django.core.exceptions import ImproperlyConfigured
from django.urls import include, path

from tests.examples.conftest import RunExample
from tests.examples.facts import rows_of
from tests.examples.server import (
    Examples,
    Server,
    environment_for,
    module_of,
)
from tests.examples.troubleshooting.errors import (
    DAPHNE,
    EXAMPLE,
    SETTINGS,
    found_in,
    is_in,
    output_of,
)

pytestmark = pytest.mark.covers("G16")


@pytest.fixture(scope="module")
def websocket_in_uvicorn(examples: Examples, folder: Path) -> str:
    """What Uvicorn says to a WebSocket if it finds no library for them."""
    for name in ("websockets", "wsproto"):
        hidden = folder / "hidden" / f"{name}.py"
        hidden.parent.mkdir(exist_ok=True)
        hidden.write_text("raise ImportError\n")
    command = (sys.executable, "-m", "uvicorn", "--port", "0")
    own = SETTINGS | EXAMPLE | {"PYTHONPATH": str(hidden.parent)}
    server = examples.launch(Server, (*command, "config.asgi:application"), own)
    assert server.ask("/ws/nobody/") == "status 404"
    assert "Unsupported upgrade request" in server.output
    return server.output


@pytest.fixture(scope="module")
def outputs(
    folder: Path, server: Server, run_example: RunExample, websocket_in_uvicorn: str
) -> dict[str, str]:
    """What programs print that do not start, or start with a remark."""
    plain = environment_for(folder)
    module = module_of("troubleshooting/too_early.py")
    too_early = [*DAPHNE, "-p", "0", f"{module}:application"]
    port = [*DAPHNE, "-p", str(server.port), "config.asgi:application"]
    with ThreadPoolExecutor() as pool:
        loaded = pool.submit(output_of, too_early, plain | SETTINGS | EXAMPLE)
        no_settings = pool.submit(output_of, too_early, plain)
        taken = pool.submit(output_of, port, plain | SETTINGS | EXAMPLE)
        worker = pool.submit(
            run_example, "troubleshooting/mistakes.py", "runworker", "mail"
        )
    with pytest.raises(ImproperlyConfigured) as refused:
        URLRouter([path("", include([]))])  # type: ignore[list-item]
    # Another page's test makes these, in a project with one thing wrong.
    setup = "\n".join(
        row["What runserver or its log says"] for row in rows_of("setup/mistakes.csv")
    )
    return {
        "apps-not-loaded": loaded.result(),
        "no-settings": no_settings.result(),
        "no-asgi-application": setup,
        "daphne-late": setup,
        "include": str(refused.value),
        "no-runworker": worker.result().stderr,
        "port-taken": taken.result(),
        "http2": server.output,
        "no-websocket-library": websocket_in_uvicorn,
    }


@found_in("When a program starts")
def test_a_program_says(name: str, outputs: dict[str, str]) -> None:
    assert is_in(name, outputs[name]), outputs[name]
