"""The parts that no step shows from all sides."""

import re
import venv
from pathlib import Path

import pytest

from course.chapters import ROOT
from tests.chapters import pictures, printed
from tests.chapters.computer import Computer
from tests.chapters.failures import Failure
from tests.chapters.pages import Page
from tests.chapters.ports import Ports, ports_of_server
from tests.chapters.reader import Reader
from tests.chapters.terminal import Terminal

FIGURES = (
    "│ deliveries a second            │{:>15,} │\n"
    "│ p50                            │{:>12.1f} ms │\n"
    "│ server's memory per connection │{:>11} KiB │\n"
    "│ this command was busy          │{:>14}% │"
)


@pytest.mark.parametrize(
    ("page", "now"),
    [
        ("75 passed in 34.96s", "75 passed in 61.48s (0:01:01)"),
        ("[process 4713] chat: 'bob'", "[process 9] chat: 'bob'"),
        ("November 21, 2025 - 09:56:12", "May 1, 2026 - 23:00:00"),
        ("GET / 200 [0.02, 127.0.0.1:51234]", "GET / 200 [1.10, 127.0.0.1:9]"),
        ("12:M 21 Nov 2025 09:56:12.123 * Up", "9:M 01 May 2026 23:00:00.000 * Up"),
        ('{"at": "2025-11-21T09:56:12Z"}', '{"at": "2026-05-01T23:00:00.5Z"}'),
        (FIGURES.format(5300, 18.5, 38, 45), FIGURES.format(11210, 125.0, 9, 100)),
        ("first\n…\nlast", "first\none\ntwo\nlast"),
        ("…\nlast", "one\nlast"),
    ],
)
def test_what_is_never_the_same_twice_may_differ(page: str, now: str) -> None:
    printed.compare(page, now)


@pytest.mark.parametrize(
    ("page", "now"),
    [
        ("75 passed in 34.96s", "74 passed in 34.96s"),
        ("Django version 5.2.19", "Django version 5.2.20"),
        ("at http://127.0.0.1:8000/", "at http://127.0.0.1:8001/"),
        ("[process 4713] 'bob'", "[process 4713] 'alice'"),
        ("│ lost      │     0 │", "│ lost      │    17 │"),
        ("│ deliveries│ 9 of 9│", "│ deliveries│ 8 of 9│"),
        ("first\n…\nlast", "first\nlast"),
        ("first\n…", "first"),
        ("first", "first\nlast"),
    ],
)
def test_anything_else_may_not(page: str, now: str) -> None:
    with pytest.raises(Failure, match="the output is not what the page shows"):
        printed.compare(page, now)


def test_a_failure_says_what_was_expected_and_what_came() -> None:
    with pytest.raises(Failure) as raised:
        printed.compare("4 letters\n", "3 letters\n")

    assert str(raised.value) == (
        "the output is not what the page shows\n"
        "--- expected\n+++ got\n@@ -1 +1 @@\n-4 letters\n+3 letters"
    )


@pytest.mark.parametrize(
    ("typed", "ports"),
    [
        ("python manage.py runserver", [8000]),
        ("python manage.py runserver --settings trap", [8000]),
        ("A=1 python manage.py runserver 8001", [8001]),
        ("python manage.py runserver 0.0.0.0:8001", [8001]),
        ("export A=1\npython manage.py runserver", [8000]),
        ("daphne config.asgi:application", [8000]),
        ("python -m daphne --port 8001 config.asgi:application", [8001]),
        ("daphne -p 8001 config.asgi:application", [8001]),
        ('redis-server --save ""', [6379]),
        ("python manage.py runworker dice", []),
        ("python -m pip install daphne", []),
    ],
)
def test_a_server_gets_a_free_port(typed: str, ports: list[int]) -> None:
    replay = Ports()

    command = replay.command(typed)

    assert ports_of_server(command) == [replay.real[port] for port in ports]


def test_what_terminals_show_is_the_same_on_every_run() -> None:
    def run(time: str, server: int, worker: int, client: int) -> list[printed.Screen]:
        connect = f"CONNECT [127.0.0.1:{client}]"
        processes = [f"[process {server}] one", f"[process {server}] two"]
        return [
            {"typed": ["runserver"], "printed": [time, connect, *processes]},
            {"typed": ["runworker"], "printed": [f"[process {worker}] three"]},
        ]

    shown = printed.steady(run("November 21, 2025 - 09:56:12", 12, 7, 61234))

    assert shown == printed.steady(run("May 01, 2026 - 23:00:00", 99, 100, 33333))
    assert shown == run("January 02, 2026 - 09:41:00", 4711, 4712, 50001)


def test_a_terminal_remembers_what_a_terminal_remembers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    monkeypatch.setenv("DJANGO_DEBUG", "0")
    terminal = Terminal(tmp_path)
    terminal.run("mkdir a; cd a; export SHOWN=1; LOCAL=2; hi() { echo hi; }", 60)
    finished = terminal.run('pwd; echo "$SHOWN $LOCAL"; hi; env | grep -c LOCAL', 60)
    # It knows nothing of the environment of the tests.
    alien = terminal.run('echo "$REDIS_URL$DJANGO_DEBUG$VIRTUAL_ENV."', 60)

    # grep counts no line, for a variable that is not exported, and says so with 1.
    assert finished.output == f"{tmp_path / 'a'}\n1 2\nhi\n0\n"
    assert finished.status == 1
    assert alien.output == ".\n"
    terminal.close()


def test_a_server_that_dies_later_is_noticed(computer: Computer) -> None:
    computer.start_at(None)
    reader = Reader(Page(ROOT, "page.rst", []), computer, servers={2: {"line": 7}})
    computer.terminal(2).start("exit 5").process.wait(60)

    with pytest.raises(Failure, match="line 7 started in terminal 2 has ended by"):
        reader.servers_are_alive()


def test_a_picture_of_another_page_is_noticed(tmp_path: Path) -> None:
    picture = tmp_path / "tiny.png"
    with pytest.raises(Failure, match=r"there is no tiny\.png"):
        pictures.compare("new", picture)
    picture.touch()
    with pytest.raises(Failure, match=r"there is no tiny\.txt"):
        pictures.compare("new", picture)
    picture.with_suffix(".txt").write_text("news\n")
    with pytest.raises(Failure, match=r"it says something else(\n.*)+\n-news\n\+new"):
        pictures.compare("new", picture)


def test_an_environment_has_a_script_for_each_shell_of_the_page(tmp_path: Path) -> None:
    venv.create(tmp_path / ".venv")
    page = (ROOT / "docs" / "tutorial" / "prerequisites.rst").read_text("utf-8")
    scripts = re.findall(r"source (\.venv/\S+?)``", page)

    assert {it.rpartition(".")[2] for it in scripts} == {"fish", "csh"}
    assert all((tmp_path / script).is_file() for script in scripts)
