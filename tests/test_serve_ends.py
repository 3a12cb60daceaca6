import re
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from course import ports
from course.chapters import all_checkpoints
from course.ports import listener
from tests.conftest import Serve
from tests.support.clones import Clone
from tests.support.commands import Command, is_free, status_of_page, wait_until

NAMES = [checkpoint.name for checkpoint in all_checkpoints()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_leaves_nothing_behind(
    serve: Serve, free_port: int, number: signal.Signals
) -> None:
    command = serve("cp0")
    command.wait_for_output("Serving")

    command.process.send_signal(number)

    assert command.exit_status() == 0
    command.wait_until_all_ended()
    assert is_free(free_port)
    assert "Traceback" not in command.output


def test_killed_it_leaves_nothing_behind(serve: Serve, free_port: int) -> None:
    command = serve("cp0")
    command.wait_for_output("Serving")

    command.process.kill()

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
    ready: Clone, slow_project: Path, free_port: int
) -> None:
    module = ready.folder / "course" / "serve.py"
    text = module.read_text()
    limit = "SECONDS_TO_START = "
    assert f"\n{limit}60\n" in text
    module.write_text(text.replace(f"{limit}60", f"{limit}2"))

    finished = ready.try_to_run("serve", "--port", str(free_port), cwd=slow_project)
    assert finished.stderr == (
        "mychat/ gave no page within 2 seconds, so it was stopped. To see where it "
        "hangs: python3 tutorial.py check\n"
    )


def test_an_empty_folder_cannot_be_served(ready: Clone) -> None:
    ready.project.mkdir()

    sentence = ready.refusal("serve", cwd=ready.project)
    assert sentence.startswith("The folder mychat/, in which you work, is empty.")


def test_pages_that_cannot_be_written_are_missed_without_a_traceback(
    ready: Clone, serve: Serve, free_port: int
) -> None:
    (ready.folder / "docs" / "_build").write_text("")
    command = serve("cp1")

    command.wait_for_output("The tutorial could not be built; `tutorial.py docs` says")
    assert status_of_page(free_port, "/") == 200
    assert "Traceback" not in command.output


def test_an_unknown_checkpoint_is_refused(ready: Clone) -> None:
    assert ready.refusal("serve", "cp99") == (
        f"There is no checkpoint 'cp99'; choose one of {', '.join(NAMES)}.\n"
    )


def test_a_taken_port_is_refused(ready: Clone) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        assert ready.refusal("serve", "start", "--port", str(port)) == (
            f"Port {port} is taken by another program; choose another one with "
            "--port.\n"
        )


def test_without_a_free_port_the_pages_get_any(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        monkeypatch.setattr(ports, "PORTS_OF_PAGES", range(taken, taken + 1))

        assert ports.free_port_of_pages(port_of_project=1) == 0
    assert ports.free_port_of_pages(port_of_project=1) == taken
    assert ports.free_port_of_pages(port_of_project=taken) == 0


def test_on_windows_too_a_taken_port_is_noticed(
    monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    options: list[tuple[int, ...]] = []
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(socket, "SO_EXCLUSIVEADDRUSE", -5, raising=False)
    monkeypatch.setattr(socket.socket, "setsockopt", lambda _, *a: options.append(a))

    listener(free_port).close()

    assert options == [(socket.SOL_SOCKET, -5, 1)]


@pytest.mark.parametrize("port", ["0", "65536", "-1", "eight", "80.5", "²", ""])
def test_what_is_no_port_is_refused(ready: Clone, port: str) -> None:
    finished = ready.try_to_run("serve", f"--port={port}")

    assert finished.returncode == 2
    assert f"{port!r} is not a port, which is a number from 1 to" in finished.stderr


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
