import re
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from course import ports
from course import serve as module
from course.chapters import find_checkpoint
from course.errors import TutorialError
from course.ports import listener
from tests.conftest import Serve
from tests.support.clones import Clone
from tests.support.commands import Command, is_free, status_of_page, wait_until


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (signal.SIGINT, 0),
        (signal.SIGTERM, 0),
        (signal.SIGHUP, 0),
        (signal.SIGKILL, -signal.SIGKILL),
    ],
)
def test_stopping_leaves_nothing_behind(
    serve: Serve, free_port: int, number: signal.Signals, status: int
) -> None:
    command = serve("cp0")
    command.wait_for_output("Serving")

    command.process.send_signal(number)

    assert command.exit_status() == status
    command.wait_until_all_ended()
    wait_until(lambda: is_free(free_port), "the server still runs")
    assert "Traceback" not in command.output


@pytest.fixture
def slow_project(ready: Clone) -> Path:
    """A project that says the number of its process and then takes ten minutes."""
    shutil.copytree(ready.checkpoint("cp2"), ready.project)
    with (ready.project / "config" / "settings.py").open("a") as settings:
        settings.write(
            "import os, time\n"
            "print('Process', os.getpid(), end='.\\n', flush=True)\n"
            "time.sleep(600)\n"
        )
    return ready.project


@pytest.mark.parametrize("how", [Command.press_ctrl_c, lambda it: it.process.kill()])
def test_stopped_while_a_project_starts_it_leaves_nothing_behind(
    serve: Serve, slow_project: Path, how: Callable[[Command], None]
) -> None:
    command = serve(cwd=slow_project)
    command.wait_for_output(".\n")
    found = re.search(r"Process (\d+)\.", command.output)
    assert found

    how(command)

    command.exit_status()
    wait_until(lambda: not Path("/proc", found[1]).exists(), "the project still runs")
    assert "Traceback" not in command.output


def test_a_project_that_hangs_is_stopped(
    slow_project: Path, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS_TO_START", 2)
    monkeypatch.setattr(module, "make_branches", lambda: None)
    # It takes them away from the process that it is usually alone in.
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    with pytest.raises(
        TutorialError,
        match=r"/mychat/ gave no page within 2 seconds, so it was stopped. To see",
    ):
        module.serve(slow_project, free_port, network=False)


@pytest.mark.parametrize("network", [False, True])
def test_a_taken_port_is_refused(network: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            TutorialError,
            match=f"Port {port} is taken by another program; choose another one with",
        ):
            module.serve(find_checkpoint("start"), port, network)


def test_the_pages_have_a_port_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        monkeypatch.setattr(ports, "PORT_OF_PAGES", taken)

        assert ports.free_port_of_pages(port_of_project=1) != taken
    assert ports.free_port_of_pages(port_of_project=1) == taken
    assert ports.free_port_of_pages(port_of_project=taken) != taken


def test_on_windows_too_a_taken_port_is_noticed(
    monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    options: list[tuple[int, ...]] = []
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(socket, "SO_EXCLUSIVEADDRUSE", -5, raising=False)
    monkeypatch.setattr(socket.socket, "setsockopt", lambda _, *a: options.append(a))

    listener(free_port).close()

    assert options == [(socket.SOL_SOCKET, -5, 1)]


@pytest.mark.parametrize("broken", ["config/settings.py", "config/urls.py"])
def test_a_server_that_does_not_start_shows_why(
    ready: Clone, serve: Serve, broken: str
) -> None:
    file = ready.checkpoint("start") / broken
    file.write_text("raise RuntimeError('a mistake of the learner')")

    command = serve("start")

    assert command.exit_status() == 1
    assert "RuntimeError: a mistake of the learner" in command.output
    assert command.output.splitlines()[-1].endswith("above.")
    command.wait_until_all_ended()


def test_a_page_with_a_mistake_does_not_stop_the_server(
    ready: Clone, serve: Serve, free_port: int
) -> None:
    page = ready.checkpoint("start") / "chat/templates/chat/console.html"
    page.write_text("{% nonsense %}")

    serve("start").wait_for_output("Serving start.")
    assert status_of_page(free_port, "/") == 500
