"""A page that promises what is not so is caught, whatever it promises.

Each fault is a few steps as the index has them, for a reader who has the small
project tiny_course/checkpoints/one.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.chapters import pictures
from tests.chapters.commands import compare_packages
from tests.chapters.computer import Computer
from tests.chapters.failures import Failure
from tests.chapters.follow import follow
from tests.chapters.pages import Page, Step
from tests.chapters.reader import Bounds, Reader

ROOT = Path(__file__).with_name("tiny_course")
ONE, TWO = ROOT / "checkpoints" / "one", ROOT / "checkpoints" / "two"
IMPATIENT = Bounds(command=3, long_command=3, ready=3, snippet=3, picture=3)

DEFAULTS: dict[str, dict[str, Any]] = {
    "run": {
        **{"terminal": 1, "background": False, "exits": 0, "install": False},
        **{"folder": "", "cannot_run": "", "instead": ""},
    },
    "browser-console": {"at": "/", "window": 1},
    "screenshot": {
        **{"name": "none", "at": "/", "width": 200, "height": 200, "theme": "light"},
        **{"actions": [], "side_by_side": False},
    },
    "sequence": {"name": "none", "checkpoint": "two", "messages": []},
}


def step(kind: str, **fields: Any) -> Step:
    return {"kind": kind, "line": 7, "box": ""} | DEFAULTS.get(kind, {}) | fields


def run(typed: str, **fields: Any) -> Step:
    return step("run", typed=typed, **fields)


def output(printed: str) -> Step:
    return step("output", printed=printed)


def paste(text: str, **fields: Any) -> list[Step]:
    serve = run("python manage.py runserver", background=True)
    return [serve, step("browser-console", text=text, **fields)]


def log(printed: str) -> Step:
    return step("console-log", printed=printed)


def edit(*hunk: tuple[str, str], whole: str = "") -> Step:
    return step("edit", path="index.html", hunks=[hunk], whole=whole)


UP = [run("echo up; sleep 600", background=True), output("up\n")]
TITLE = "console.log(document.title);\n"
CREATE = step("create", path="check.py", text=(TWO / "check.py").read_text())
REMOVE = step("remove", path="old.txt")
EDIT = edit(
    *[("del", "<h1>old</h1>"), ("add", "<h1>new</h1>")],
    whole=(TWO / "index.html").read_text(),
)
EXCERPT = "async def application() -> None:\n    pass\n"


def complaint(
    steps: list[Step], computer: Computer, end: Path | None = None, root: Path = ROOT
) -> str:
    """What is said of a page with these steps."""
    computer.start_at(ONE)
    page = Page(root, "page.rst", steps, ONE, end)
    with pytest.raises(Failure) as raised:
        follow(Reader(page, computer, IMPATIENT))
    return str(raised.value)


@pytest.mark.parametrize(
    ("steps", "end", "said"),
    [
        ([EDIT, REMOVE], TWO, "folder has no check.py, but the checkpoint has"),
        ([EDIT, CREATE], TWO, "folder has old.txt, but the checkpoint has not"),
        (
            [CREATE, REMOVE],
            TWO,
            "the reader's index.html is not the checkpoint's\n"
            "first difference, line 4: '<h1>new</h1>' became '<h1>old</h1>'\n",
        ),
        ([run("touch extra.txt")], ONE, "has extra.txt, but the checkpoint has not"),
        (UP, ONE, "a server in terminal 1 is never stopped"),
        (
            [
                run(
                    "(setsid bash -c 'touch ../up; exec sleep 600' > /dev/null 2>&1 &)\n"
                    "until [ -e ../up ]; do sleep 0.02; done"
                )
            ],
            ONE,
            "the chapter leaves this running: ",
        ),
    ],
)
def test_the_end_of_a_chapter(
    steps: list[Step], end: Path, said: str, computer: Computer
) -> None:
    complained = complaint(steps, computer, end)

    assert complained.startswith("page.rst:7: the chapter's end: ")
    assert said in complained


FAULTS: dict[str, tuple[list[Step], str]] = {
    "file twice": (
        [CREATE, CREATE],
        "create: check.py is to be created, but the reader has it already",
    ),
    "file that is not there": (
        [step("remove", path="none.txt")],
        "remove: none.txt is to be deleted, but the reader has no such file",
    ),
    "file outside of the folder": (
        [step("create", path="../check.py", text="")],
        "create: ../check.py is outside the reader's folder",
    ),
    "edit that does not apply": (
        [edit(("del", "<h1>olden</h1>"))],
        "these lines, which are to be changed, are not in the reader's index.html\n"
        "first difference, line 1: '<h1>olden</h1>' became '<h1>old</h1>'",
    ),
    "edit that fits in two places": (
        [run("cat index.html index.html > two; mv two index.html"), EDIT],
        "edit: these lines are more than once in index.html:\n<h1>old</h1>",
    ),
    "edit that leads elsewhere": (
        [EDIT | {"whole": EDIT["whole"].replace("new", "newer")}],
        "edit: the changes do not lead to the whole file\n"
        "first difference, line 4: '<h1>newer</h1>' became '<h1>new</h1>'",
    ),
    "excerpt of something else": (
        [
            step(
                "excerpt",
                **{"path": "config/asgi.py", "object": "application"},
                **{"checkpoint": "two", "text": EXCERPT},
            )
        ],
        "excerpt: the page shows another application\n",
    ),
    "output that changed": (
        [run("echo 3 letters"), output("4 letters\n")],
        "output: the output is not what the page shows\n"
        "first difference, line 1: '4 letters' became '3 letters'\n"
        "expected:\n  4 letters\ngot:\n  3 letters",
    ),
    "output of nothing": ([output("up\n")], "there is no command before this output"),
    "command that fails": (
        [run("echo wrong; exit 3")],
        "run: the command ended with exit status 3, not 0; it printed:\nwrong",
    ),
    "first of two commands that fails": ([run("false\ntrue")], "exit status 1, not 0"),
    "command that should fail": ([run("true", exits=3)], "exit status 0, not 3"),
    "command that hangs": (
        [run("echo so far; sleep 600")],
        "run: the command did not end within 3 seconds and was killed; until then it "
        "printed:\nso far",
    ),
    "server that never gets ready": (
        [run("sleep 600", background=True), output("up\n")],
        "the line 'up' did not appear in 3 seconds",
    ),
    "server that listens on no port": (
        [run("sleep 600 # --port 8000", background=True)],
        "run: the server was not ready within 3 seconds",
    ),
    "server that dies": (
        [run("echo bad luck; exit 4 # --port 8000", background=True)],
        "run: what line 7 started in terminal 1 has ended by itself, with exit status "
        "4; it printed:\nbad luck",
    ),
    "server with nothing that shows when it is ready": (
        [run("sleep 600", background=True)],
        "run: nothing shows when this is ready: add an output",
    ),
    "server elsewhere": (
        [*UP, step("stop", terminal=2)],
        "stop: nothing runs in terminal 2",
    ),
    "terminal that is taken": (
        [*UP, run("true")],
        "run: a server runs in this terminal: nothing can be typed there",
    ),
    "terminal in which nothing runs": (
        [step("terminals", name="none", numbers=[2], screens=[])],
        "terminals: nothing runs in terminal 2",
    ),
    "terminals that show something else": (
        [*UP]
        + [
            step(
                "terminals",
                **{"name": "none", "numbers": [1]},
                screens=[{"typed": ["echo up; sleep 600"], "printed": ["down"]}],
            )
        ],
        "terminals: the terminals show something else now\n"
        "first difference, line 2: 'down' became 'up'\n",
    ),
    "block of no kind": (
        [step("unverified", text="print('never run')")],
        "unverified: nothing verifies this block: use one of the course's directives",
    ),
    "snippet that logs something else": (
        [*paste("console.log('another');"), log("tiny\n")],
        "console-log: the snippet does not log what the page shows\n"
        "first difference, line 1: 'tiny' became 'another'",
    ),
    "snippet that logs more": (
        [
            *paste(
                "console.log(document.title, 1, null, [1, 'two'], {a: true});\n"
                "setTimeout(() => console.log('and more'), 100);\n"
            ),
            log("tiny\n"),
        ],
        "got:\n  tiny 1 null (2) [1, 'two'] {a: true}\n  and more",
    ),
    "snippet that logs nothing": (
        [*paste("document.title;"), log("tiny\n")],
        "first difference, line 1: 'tiny' became nothing",
    ),
    "snippet whose log is not shown": (
        paste(TITLE),
        "browser-console: the snippet does not log what the page shows",
    ),
    "log of nothing": ([log("tiny\n")], "there is no snippet before this log"),
    "snippet that throws": (
        paste("nothing.of.this.name;"),
        "browser-console: the snippet throws: ReferenceError: nothing is not defined",
    ),
    "snippet that waits for ever": (
        paste("console.log('so far');\nawait new Promise(() => {});"),
        "browser-console: the snippet did not end within 3 seconds and was stopped; "
        "until then it logged:\nso far",
    ),
    "snippet that never ends": (
        paste("while (true) {}"),
        "browser-console: the snippet did not end within 3 seconds",
    ),
    "snippet for a page that is not there": (
        paste(TITLE, at="/nowhere/"),
        "the server answered http://localhost:8000/nowhere/ with status 404",
    ),
    "snippet whose request fails": (
        [*paste(f"await fetch('/nowhere/');\n{TITLE}"), log("tiny\n")],
        "the browser complains, and the page does not say so\n"
        "first difference, line 1: nothing became 'status 404: ",
    ),
    "snippet whose error is noticed later": (
        [
            *paste(f"{TITLE}setTimeout(() => {{ throw new Error('too late'); }});"),
            log("tiny\n"),
        ],
        "first difference, line 1: nothing became 'error: too late'",
    ),
    "connection that fails without a word of it": (
        [
            *paste(
                "const socket = new WebSocket(`ws://${location.host}/`);\n"
                "await new Promise((resolve) => { socket.onclose = resolve; });\n"
                + TITLE
            ),
            log("tiny\n"),
        ],
        "nothing became \"console: WebSocket connection to 'ws://localhost:8000/'",
    ),
    "picture for which something is missing": (
        [paste("")[0], step("screenshot", actions=["wait h1 missing"])],
        "screenshot: 'wait h1 missing' did not work: ",
    ),
    "picture of a page that asks for what is not there": (
        [
            step("create", path="bad.html", text="<img src=missing.png>"),
            *[paste("")[0], step("screenshot", at="/bad.html")],
        ],
        "screenshot: the browser complains, and the page does not say so\n"
        "first difference, line 1: nothing became 'status 404: http://localhost:8000/mi",
    ),
    "diagram that lies": (
        [
            step(
                "sequence",
                scenario=["alice connects /ws/"],
                messages=[{"from": "bob", "to": "server", "label": "connect /ws/"}],
            )
        ],
        "sequence: the project sends other messages now than the diagram shows\nfirst "
        "difference, line 1: 'bob to server: connect /ws/' became 'alice to server: ",
    ),
    "scenario that cannot be played": (
        [step("sequence", scenario=["alice sings"])],
        "ValueError: there is no step 'alice sings'",
    ),
}


@pytest.mark.parametrize(("steps", "said"), FAULTS.values(), ids=FAULTS.keys())
def test_a_step_that_promises_what_is_not_so(
    steps: list[Step], said: str, computer: Computer
) -> None:
    complained = complaint(steps, computer)

    assert complained.startswith(f"page.rst:7: {steps[-1]['kind']}: "), complained
    assert said in complained


def test_a_server_that_dies_later(computer: Computer) -> None:
    computer.start_at(ONE)
    reader = Reader(Page(ROOT, "page.rst", []), computer)
    running = computer.terminal(2).start("exit 5")
    reader.servers[2] = step("run")
    running.process.wait(60)

    with pytest.raises(Failure, match="line 7 started in terminal 2 has ended by"):
        reader.servers_are_alive()


def test_a_connection_that_fails_as_the_page_says(computer: Computer) -> None:
    code = (
        "const socket = new WebSocket(`ws://${location.host}/`);\n"
        "socket.onclose = ({ code }) => console.log('closed with', code);\n"
    )
    steps = [*paste(code), log("closed with 1006\n"), step("stop", terminal=1)]
    computer.start_at(ONE)

    count = follow(Reader(Page(ROOT, "page.rst", steps, ONE, ONE), computer))

    assert re.match(r"steps: 4, verified: 4, unverified: 0 ", str(count))


def test_packages_that_are_not_the_ones_of_the_course() -> None:
    with pytest.raises(Failure, match="'websockets==1.0' became 'websockets=="):
        compare_packages('python -m pip install "websockets==1.0"')


def test_a_picture_of_another_page(tmp_path: Path) -> None:
    picture = tmp_path / "tiny.png"
    with pytest.raises(Failure, match=r"there is no tiny\.png"):
        pictures.compare('- heading "new"', picture)
    picture.touch()
    with pytest.raises(Failure, match=r"there is no tiny\.txt"):
        pictures.compare('- heading "new"', picture)
    picture.with_suffix(".txt").write_text('- heading "news"\n')
    with pytest.raises(Failure, match="the picture has not: it says something else"):
        pictures.compare('- heading "new"', picture)


@pytest.mark.parametrize(
    ("rows", "wrong", "said"),
    [
        (2, 1, "deliveries were lost where this was measured"),
        (1, 0, "the table does not show everything that was measured"),
    ],
)
def test_a_measurement_that_shows_too_much_or_too_little(
    rows: int, wrong: int, said: str, computer: Computer, tmp_path: Path
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "fast.json").write_text(f'{{"cells": [{{"wrong": {wrong}}}]}}')
    steps = [step("measurement", picture="fast.svg", rows=[[]] * rows)]

    assert (
        complaint(steps, computer, root=tmp_path) == f"page.rst:7: measurement: {said}"
    )
