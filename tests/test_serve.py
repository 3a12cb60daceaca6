import mimetypes
import re
import shutil
from pathlib import Path

import pytest

from course.child import know_scripts
from course.serve import environment
from tests.conftest import Serve, Start
from tests.support.clones import Clone
from tests.support.commands import page, status_of_page
from tests.support.ports import free_ports


# Each project's own suite starts the project's server.
@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("start", ["/"]),
        ("final", ["/", "/chat/", "/asyncapi/docs/", "/system/", "/assistants/"]),
    ],
)
def test_a_checkpoint_is_served(
    serve: Serve, free_port: int, name: str, paths: list[str]
) -> None:
    command = serve(name)

    command.wait_for_output(f"Serving {name}.")
    printed = re.findall(rf"(?m)^  .+: +http://127.+:{free_port}(/.*)", command.output)
    assert printed == paths
    assert {status_of_page(free_port, path) for path in paths} == {200}
    if "/system/" in paths:
        command.wait_for_output("This worker waits for jobs.")


def test_any_project_is_served_and_the_finished_one_where_there_is_none(
    ready: Clone, serve: Serve, free_port: int, tmp_path: Path
) -> None:
    command = serve(cwd=ready.folder / "docs")
    command.wait_for_output("Serving chanx_django/, which is final.")
    command.press_ctrl_c()
    assert command.exit_status() == 0
    own = tmp_path / "own"
    shutil.copytree(ready.checkpoint("cp2"), own)
    with (own / "config" / "urls.py").open("a") as urls:
        urls.write('urlpatterns += [path("mine/", urlpatterns[0].callback)]\n')

    serve(cwd=own / "chat").wait_for_output(f"Serving {own}/.")
    assert status_of_page(free_port, "/mine/") == 200


def test_a_branch_serves_its_checkpoint_and_the_finished_project(
    ready: Clone, serve: Serve, free_port: int
) -> None:
    ready.git("switch", "--quiet", "cp2")

    command = serve()
    command.wait_for_output("Serving chanx_django/, which is cp2.")
    assert status_of_page(free_port, "/chat/") == 404
    command.press_ctrl_c()
    assert command.exit_status() == 0

    serve("final").wait_for_output("Serving final.")
    assert status_of_page(free_port, "/chat/") == 200
    assert ready.git("status", "--porcelain") == ""


def test_two_servers_run_side_by_side(ready: Clone, start: Start) -> None:
    # Both want to build the pages, which takes some time.
    configuration = "import time; time.sleep(2); include_patterns = ['index.rst']"
    (ready.folder / "docs" / "conf.py").write_text(configuration)
    (ready.folder / "docs" / "index.rst").write_text("Course\n======\n")
    commands = {}
    for port in free_ports(2):
        options = "serve", "cp8", "--port", str(port)
        commands[port] = start(*options, repository=ready.folder)
        commands[port].wait_for_output("Serving cp8.")
    pages = set()
    for port, command in commands.items():
        command.wait_for_output("Tutorial:")
        pages.add(command.output.split()[-1])
        # The chat page leads there, or to the other's, which are the same.
        pages.update(re.findall('<a href="(.+)">Tutorial</a>', page(port, "/chat/")[1]))

    assert len(pages) == 2
    for address in pages:
        port = int(address.rpartition(":")[2].strip("/"))
        assert port not in range(8000, 8800)
        assert "Course" in page(port, "/")[1]


def test_what_is_printed_answers_whatever_is_set(
    serve: Serve, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_ALLOWED_HOSTS", "chat.example.org")
    monkeypatch.setenv("DJANGO_DEBUG", "0")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "of.another.project")

    serve("final").wait_for_output("Serving final.")

    assert status_of_page(free_port, "/chat/") == 200
    assert environment()["DJANGO_ALLOWED_HOSTS"].startswith("chat.example.org,")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:6380/1")
    assert environment()["REDIS_URL"] == "redis://127.0.0.1:6380/1"


def test_a_database_is_migrated(ready: Clone, serve: Serve) -> None:
    project = ready.checkpoint("start")
    with (project / "config" / "settings.py").open("a") as settings:
        settings.write(
            'INSTALLED_APPS += ["django.contrib.contenttypes"]\n'
            'DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3",'
            ' "NAME": "db.sqlite3"}}\n'
        )

    command = serve("start")

    command.wait_for_output("Serving start.")
    assert b"django_content_type" in (project / "db.sqlite3").read_bytes()
    assert "unapplied migration" not in command.output


def test_scripts_are_scripts_whatever_the_registry_says(tmp_path: Path) -> None:
    (tmp_path / "registry").write_text("text/plain js\n")
    mimetypes.init([*mimetypes.knownfiles, str(tmp_path / "registry")])
    try:
        assert mimetypes.guess_type("chat.js")[0] == "text/plain"
        know_scripts()
        assert mimetypes.guess_type("chat.js")[0] == "text/javascript"
    finally:
        mimetypes.init()
