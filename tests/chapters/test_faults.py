"""A page that promises what is not so is caught, whatever it promises.

Each fault is a few steps as the index has them, for a reader who has the small project
tiny_course/checkpoints/one.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.chapters.computer import Computer
from tests.chapters.failures import Failure
from tests.chapters.follow import follow
from tests.chapters.pages import Page, Step
from tests.chapters.reader import Reader

ROOT = Path(__file__).with_name("tiny_course")
ONE, TWO = ROOT / "checkpoints" / "one", ROOT / "checkpoints" / "two"
SECONDS = 3

RUN = {"kind": "run", "terminal": 1, "background": False, "exits": 0, "install": False}
RUN |= {"folder": "", "cannot_run": "", "instead": ""}
PICTURE = {"kind": "screenshot", "name": "none", "at": "/", "side_by_side": False}
PICTURE |= {"width": 200, "height": 200, "theme": "light", "actions": []}
DIAGRAM = {"kind": "sequence", "name": "none", "checkpoint": "two", "messages": []}
EXCERPT = {"kind": "excerpt", "checkpoint": "two", "path": "config/asgi.py"}
EXCERPT |= {"object": "application", "text": "async def application() -> None:\n"}


def run(typed: str, **options: Any) -> Step:
    return RUN | {"typed": typed, **options}


def output(text: str) -> Step:
    return {"kind": "output", "printed": text}


def server(typed: str) -> Step:
    return run(typed, background=True)


def paste(text: str, at: str = "/") -> list[Step]:
    """The steps that start the project's server, and paste something in the browser."""
    pasted = {"kind": "browser-console", "text": text, "at": at, "window": 1}
    return [server("python manage.py runserver"), pasted]


def log(text: str) -> Step:
    return {"kind": "console-log", "printed": text}


def edit(old: str, new: str, whole: str) -> Step:
    hunk = [["del", f"<h1>{old}</h1>"], ["add", f"<h1>{new}</h1>"]]
    return {"kind": "edit", "path": "index.html", "hunks": [hunk], "whole": whole}


def terminals(number: int, *lines: str) -> Step:
    screens = [{"typed": ["echo up; sleep 600"], "printed": [*lines]}]
    return {"kind": "terminals", "name": "x", "numbers": [number], "screens": screens}


UP = [server("echo up; sleep 600"), output("up\n")]
TITLE = "console.log(document.title);\n"
NEW = (TWO / "index.html").read_text()
EDIT = edit("old", "new", NEW)
CHECK = (TWO / "check.py").read_text()
CREATE = {"kind": "create", "path": "check.py", "text": CHECK}
REMOVE = {"kind": "remove", "path": "old.txt"}
DAEMON = """\
(setsid bash -c 'touch ../up; exec sleep 600' &> /dev/null &)
until [ -e ../up ]; do sleep 0.02; done"""
TWICE = "cat index.html index.html > both; mv both index.html"
LOGS_MORE = """\
console.log(document.title, 1, null, true, undefined);
setTimeout(() => console.log('and more'), 100);"""
LATE = f"{TITLE}setTimeout(() => {{ throw new Error('too late'); }});"
CONNECT = """\
const socket = new WebSocket(`ws://${location.host}/`);
await new Promise((resolve) => { socket.onclose = resolve; });
"""
BAD = {"kind": "create", "path": "bad.html", "text": "<img src=missing.png>"}
SAID = {"from": "bob", "to": "server", "label": "connect /ws/"}


def complaint(steps: list[Step], computer: Computer, end: Path | None = None) -> str:
    """What is said of a page with these steps, one a line."""
    computer.start_at(ONE)
    placed = [{"line": n, "box": ""} | it for n, it in enumerate(steps, start=1)]
    page = Page(ROOT, "page.rst", placed, start=ONE, end=end)
    with pytest.raises(Failure) as raised:
        follow(Reader(page, computer, seconds=SECONDS))
    return str(raised.value)


@pytest.mark.parametrize(
    ("steps", "end", "said"),
    [
        ([EDIT, REMOVE], TWO, "folder has no check.py, but the checkpoint has"),
        ([EDIT, CREATE], TWO, "folder has old.txt, but the checkpoint has not"),
        ([CREATE, REMOVE], TWO, "\n-<h1>new</h1>\n+<h1>old</h1>"),
        ([run("touch extra.txt")], ONE, "has extra.txt, but the checkpoint has not"),
        (UP, ONE, "a server in terminal 1 is never stopped"),
        ([run(DAEMON)], ONE, "the chapter leaves this running: "),
    ],
)
def test_an_end_that_is_not_the_checkpoint(
    steps: list[Step], end: Path, said: str, computer: Computer
) -> None:
    complained = complaint(steps, computer, end)

    assert complained.startswith(f"page.rst:{len(steps)}: the chapter's end: ")
    assert said in complained


FAULTS: dict[str, tuple[list[Step], str]] = {
    "file twice": ([CREATE, CREATE], "created, but the reader has it already"),
    "file outside": ([BAD | {"path": "../x"}], "../x is outside the reader's folder"),
    "edit of no line": ([edit("olden", "new", "")], "-<h1>olden</h1>\n"),
    "edit of two lines": (
        [run(TWICE), EDIT],
        "more than once in index.html:\n<h1>",
    ),
    "edit to elsewhere": ([edit("old", "news", NEW)], "not lead to the whole file\n"),
    "another excerpt": ([EXCERPT], "the page shows another application\n"),
    "command that fails": (
        [run("echo no; exit 3")],
        "3, not 0; it printed:\nno",
    ),
    "first that fails": ([run("false\ntrue")], "status 1, not 0"),
    "command that should fail": ([run("true", exits=3)], "status 0, not 3"),
    "command that hangs": ([run("echo so far; sleep 600")], "printed:\nso far"),
    "other output": ([run("echo 3 of"), output("4 of\n")], "\n-4 of\n+3 of"),
    "never ready": ([server("sleep 600"), output("up\n")], "line 'up' did not appear"),
    "no port": ([server("sleep 600 # --port 8000")], "was not ready within 3 seconds"),
    "dies": ([server("exit 4 # --port 8000")], "ended by itself, with exit status 4"),
    "nothing shows": ([server("sleep 600")], "nothing shows when this is ready"),
    "stop elsewhere": ([*UP, {"kind": "stop", "terminal": 2}], "in terminal 2"),
    "taken terminal": ([*UP, run("true")], "a server runs in this terminal"),
    "terminal of nothing": ([terminals(2)], "nothing runs in terminal 2"),
    "other terminal": ([*UP, terminals(1, "down")], "\n-down\n+up"),
    "packages": ([run('"rich==1.0"', install=True)], "environment has rich "),
    "no directive": ([{"kind": "unverified"}], "nothing verifies this block"),
    "logs other": ([*paste("console.log('no');"), log("tiny\n")], "\n-tiny\n+no"),
    "logs more": (
        [*paste(LOGS_MORE), log("tiny\n")],
        "null true undefined\n+and more",
    ),
    "logs nothing": ([*paste("1"), log("tiny\n")], "\n-tiny"),
    "log not shown": (paste(TITLE), "the snippet does not log what the page shows"),
    "throws": (paste("a.b;"), "the snippet throws: ReferenceError: a is not defined"),
    "waits": (paste(f"{TITLE}await new Promise(() => {{}});"), "it logged:\ntiny"),
    "never ends": (
        paste("while (true) {}"),
        "did not end within 3 seconds",
    ),
    "no page": (paste(TITLE, "/no/"), "answered http://localhost:8000/no/ with status"),
    "bad request": ([*paste("await fetch('/no/')"), log("")], "\n+status 404: http"),
    "late error": ([*paste(LATE), log("tiny\n")], "\n+error: too late"),
    "no connection": (paste(CONNECT), "\n+console: WebSocket connection"),
    "bad picture": ([BAD, paste("")[0], PICTURE | {"at": "/bad.html"}], "missing.png"),
    "no text in a picture": (
        [paste("")[0], PICTURE | {"actions": ["wait h1 missing"]}],
        "'wait h1 missing' did not work: ",
    ),
    "other diagram": (
        [DIAGRAM | {"scenario": ["alice connects /ws/"], "messages": [SAID]}],
        "\n-bob to server: connect /ws/\n+alice to server: connect /ws/",
    ),
    "no scenario": (
        [DIAGRAM | {"scenario": ["alice sings"]}],
        "ValueError: there is no step 'alice sings'",
    ),
}


@pytest.mark.parametrize(("steps", "said"), FAULTS.values(), ids=FAULTS.keys())
def test_a_step_that_promises_what_is_not_so(
    steps: list[Step], said: str, computer: Computer
) -> None:
    complained = complaint(steps, computer)

    place = f"page.rst:{len(steps)}: {steps[-1]['kind']}: "
    assert complained.startswith(place), complained
    assert said in complained


def test_a_connection_that_fails_as_the_page_says(computer: Computer) -> None:
    code = f"{CONNECT.replace('resolve;', '({ code }) => resolve(console.log(code));')}"
    steps = [*paste(code), log("1006\n"), {"kind": "stop", "terminal": 1}]
    computer.start_at(ONE)
    page = Page(ROOT, "page.rst", [{"line": 1, "box": ""} | step for step in steps])

    assert follow(Reader(page, computer)).startswith("4 steps, all verified (")
