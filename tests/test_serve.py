import re
import shutil
import signal
import socket
from pathlib import Path

import pytest

from course.chapters import all_checkpoints
from course.serve import environment, tutorial_url
from tests.conftest import Start
from tests.support.clones import Clone
from tests.support.commands import is_free, status_of_page, text_of

NAMES = [checkpoint.name for checkpoint in all_checkpoints()]


@pytest.mark.parametrize("name", NAMES)
def test_every_checkpoint_is_served(start: Start, free_port: int, name: str) -> None:
    command = start("serve", name, "--port", str(free_port))

    command.wait_for_output(f"Serving {name}.")
    assert status_of_page(free_port, "/") == 200
    for path in ["/chat/", "/asyncapi/docs/"] if name in {"cp5", "final"} else []:
        assert f"http://127.0.0.1:{free_port}{path}" in command.output
        assert status_of_page(free_port, path) == 200


# What is in chanx_django/.


def test_a_fresh_clone_serves_the_finished_project(
    clone: Clone, start: Start, free_port: int
) -> None:
    command = start("serve", "--port", str(free_port), repository=clone.folder)

    command.wait_for_output("Serving chanx_django/, which is final.")
    assert status_of_page(free_port, "/chat/") == 200


def test_the_chat_page_leads_to_the_tutorial(start: Start, free_port: int) -> None:
    address = tutorial_url(free_port + 1)
    command = start("serve", "cp5", "--port", str(free_port))

    command.wait_for_output("Serving cp5.")
    links = re.findall('<a href="(.+)">Tutorial</a>', text_of(free_port, "/chat/"))
    assert links == [address]


def test_without_its_port_the_tutorial_has_no_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert tutorial_url(other.getsockname()[1]) == ""
    assert tutorial_url(65536) == ""


def test_a_branch_serves_its_checkpoint(
    ready: Clone, start: Start, free_port: int
) -> None:
    ready.git("switch", "--quiet", "cp2")
    command = start("serve", "--port", str(free_port), repository=ready.folder)

    command.wait_for_output("Serving chanx_django/, which is cp2.")
    assert f"http://127.0.0.1:{free_port}/chat/" not in command.output
    assert status_of_page(free_port, "/chat/") == 404


def test_a_learner_is_served_what_is_there(
    ready: Clone, start: Start, free_port: int
) -> None:
    ready.git("switch", "--quiet", "cp2")
    with (ready.project / "config" / "urls.py").open("a") as urls:
        urls.write('urlpatterns += [path("mine/", urlpatterns[0].callback)]\n')
    command = start("serve", "--port", str(free_port), repository=ready.folder)

    command.wait_for_output("Serving chanx_django/.")
    assert status_of_page(free_port, "/mine/") == 200


def test_the_finished_project_is_served_from_git_if_something_else_is_in_its_place(
    ready: Clone, start: Start, free_port: int
) -> None:
    ready.git("switch", "--quiet", "cp2")
    command = start("serve", "final", "--port", str(free_port), repository=ready.folder)

    command.wait_for_output("Serving final.")
    assert status_of_page(free_port, "/chat/") == 200
    assert ready.git("status", "--porcelain") == ""


def test_an_empty_folder_cannot_be_served(clone: Clone) -> None:
    shutil.rmtree(clone.project)

    assert clone.refusal("serve").startswith("The folder chanx_django/, in which you")


def test_a_project_that_hangs_is_stopped(ready: Clone, free_port: int) -> None:
    with (ready.project / "config" / "settings.py").open("a") as settings:
        settings.write("while True: pass\n")
    module = ready.folder / "course" / "serve.py"
    text = module.read_text()
    limit = "SECONDS_TO_START = "
    assert f"\n{limit}60\n" in text
    module.write_text(text.replace(f"{limit}60", f"{limit}2"))

    assert ready.refusal("serve", "--port", str(free_port)) == (
        "chanx_django/ was not loaded within 2 seconds, so it was stopped. To see "
        "where it hangs: python3 tutorial.py check\n"
    )


@pytest.mark.parametrize("name", ["start", "cp0"])
@pytest.mark.parametrize("how", ["Ctrl-C", "SIGTERM"])
def test_stopping_leaves_nothing_behind(
    start: Start, free_port: int, name: str, how: str
) -> None:
    command = start("serve", name, "--port", str(free_port))
    command.wait_for_output("Serving")

    if how == "Ctrl-C":
        command.press_ctrl_c()
    else:
        command.process.send_signal(signal.SIGTERM)

    assert command.exit_status() == 0
    command.wait_until_all_ended()
    assert is_free(free_port)
    assert "Traceback" not in command.output


def test_pages_that_cannot_be_written_are_missed_without_a_traceback(
    ready: Clone, start: Start, free_port: int
) -> None:
    (ready.folder / "docs" / "_build").write_text("")
    command = start("serve", "cp1", "--port", str(free_port), repository=ready.folder)

    command.wait_for_output("The tutorial could not be built; `tutorial.py docs` says")
    assert status_of_page(free_port, "/") == 200
    assert "Traceback" not in command.output


@pytest.mark.parametrize("program", ["-c", "manage.py"])
def test_ctrl_c_at_the_start_shows_no_traceback(
    ready: Clone, start: Start, free_port: int, program: str
) -> None:
    with (ready.project / "config" / "settings.py").open("a") as settings:
        settings.write(
            "import sys, time\n"
            f"if sys.argv[0] == {program!r}:\n"
            "    print('Loading the settings.', flush=True)\n"
            "    time.sleep(600)\n"
        )
    command = start("serve", "--port", str(free_port), repository=ready.folder)
    command.wait_for_output("Loading the settings.")

    command.press_ctrl_c()

    assert command.exit_status() == 0
    command.wait_until_all_ended()
    assert "Traceback" not in command.output


def test_an_unknown_checkpoint_is_refused(start: Start) -> None:
    command = start("serve", "cp9")

    assert command.exit_status() == 1
    assert command.output == (
        f"There is no checkpoint 'cp9'; choose one of {', '.join(NAMES)}.\n"
    )


def test_a_taken_port_is_refused(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        command = start("serve", "start", "--port", str(port))

        assert command.exit_status() == 1
    assert command.output == (
        f"Port {port} is taken by another program; choose another one with --port.\n"
    )


@pytest.mark.parametrize("port", ["0", "65536", "-1", "eight", "80.5", "²", ""])
def test_what_is_no_port_is_refused(start: Start, port: str) -> None:
    command = start("serve", f"--port={port}")

    assert command.exit_status() == 2
    assert f"{port!r} is not a port, which is a number from 1 to" in command.output


@pytest.mark.parametrize("broken", ["config/settings.py", "config/urls.py"])
def test_a_server_that_does_not_start_shows_why(
    start: Start, repository: Path, free_port: int, broken: str
) -> None:
    file = repository / "checkpoints" / "start" / broken
    file.write_text("raise RuntimeError('a mistake of the learner')")

    command = start("serve", "start", "--port", str(free_port), repository=repository)

    assert command.exit_status() == 1
    assert "RuntimeError: a mistake of the learner" in command.output
    assert command.output.splitlines()[-1].endswith("above.")
    command.wait_until_all_ended()


def test_a_page_with_a_mistake_does_not_stop_the_server(
    start: Start, repository: Path, free_port: int
) -> None:
    page = repository / "checkpoints/start/chat/templates/chat/console.html"
    page.write_text("{% nonsense %}")

    command = start("serve", "start", "--port", str(free_port), repository=repository)

    command.wait_for_output("Serving start.")
    assert status_of_page(free_port, "/") == 500


def test_a_database_is_migrated(start: Start, repository: Path, free_port: int) -> None:
    project = repository / "checkpoints" / "start"
    with (project / "config" / "settings.py").open("a") as settings:
        settings.write(
            'INSTALLED_APPS += ["django.contrib.contenttypes"]\n'
            'DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3",'
            ' "NAME": "db.sqlite3"}}\n'
        )

    command = start("serve", "start", "--port", str(free_port), repository=repository)

    command.wait_for_output("Serving start.")
    assert b"django_content_type" in (project / "db.sqlite3").read_bytes()
    assert "unapplied migration" not in command.output


def test_the_environment_reaches_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:6380/1")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "of.another.project")

    assert environment()["REDIS_URL"] == "redis://127.0.0.1:6380/1"
    assert environment()["DJANGO_SETTINGS_MODULE"] == "config.settings"
