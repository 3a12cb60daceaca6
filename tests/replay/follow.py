"""Follows one chapter: does what each block of its page asks for, as it is shown."""

import ast
import json
import re
import shlex
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from docutils import nodes

from course.chapters import folder_of
from directives.nodes import (
    alternative,
    block_caption,
    command,
    create,
    edit,
    end_here,
    excerpt,
    hunk,
    install,
    log,
    measurement,
    output,
    parents,
    printed,
    remove,
    screen,
    screenshot,
    sequence,
    snippet,
    start_here,
    stop,
    terminals,
    typed,
)
from directives.terminals import Screen
from tests.replay import outputs, pictures, tree
from tests.replay.browser import require_calm
from tests.replay.computer import SITE, Computer
from tests.replay.failures import Failure
from tests.replay.pages import Page, line_of
from tests.replay.ports import accepts, ports_of_server, wait_until
from tests.replay.terminal import Background, Finished, Terminal

RECORDER = Path(__file__).with_name("record.py")
SECONDS_FOR_RECORDING = 120


@dataclass(frozen=True)
class Bounds:
    """How many seconds things may take, on a machine that is busy or slow."""

    command: float = 120
    # Installing packages, and tests that start servers, take longer.
    long_command: float = 900
    ready: float = 60
    # A quiet connection can win its race with Redis's time-out a few times.
    snippet: float = 60
    picture: float = 60


@dataclass
class Count:
    """How many blocks a page has, and how many were verified."""

    page: str
    blocks: int = 0
    verified: int = 0
    seconds: float = 0
    # Blocks that cannot run everywhere, with the reason and what ran instead.
    equivalents: list[str] = field(default_factory=list)

    @classmethod
    def total(cls, page: str, counts: "list[Count]") -> "Count":
        """The sum of several pages."""
        return cls(
            page,
            sum(count.blocks for count in counts),
            sum(count.verified for count in counts),
            sum(count.seconds for count in counts),
            list(dict.fromkeys(line for count in counts for line in count.equivalents)),
        )

    def __str__(self) -> str:
        unverified = self.blocks - self.verified
        return (
            f"blocks: {self.blocks}, verified: {self.verified}, "
            f"unverified: {unverified} ({self.seconds:.1f} s)"
        )


class Follower:
    """A reader on one page. With `writes`, pictures and recordings are made anew."""

    def __init__(
        self,
        page: Page,
        computer: Computer,
        bounds: Bounds | None = None,
        writes: bool = False,
    ) -> None:
        self.page = page
        self.computer = computer
        self.bounds = bounds or Bounds()
        self.writes = writes
        self.count = Count(page.docname)
        self.finished: Finished | Background | None = None
        self.pictures: list[nodes.Element] = []
        self.servers: dict[int, nodes.Element] = {}
        self.steps: dict[type[nodes.Element], Callable[[Any], None]] = {
            create: self.create,
            edit: self.edit,
            remove: self.remove,
            excerpt: self.excerpt,
            install: self.install,
            command: self.run,
            output: self.output,
            stop: self.stop,
            terminals: self.terminals,
            snippet: self.paste,
            log: self.log,
            screenshot: self.screenshot,
            sequence: self.sequence,
            measurement: self.measurement,
        }

    def follow(self) -> Count:
        """Follow the page to its end. Raises Failure for the first thing wrong."""
        started = time.monotonic()
        self.blocks = [block for block in self.page.blocks() if self.is_for_me(block)]
        self.count.blocks = len(self.blocks)
        for position, block in enumerate(self.blocks):
            self.position = position
            if self.computer.is_switched_off:
                raise Failure("the computer was switched off", place=self.page.path)
            step = self.steps.get(type(block))
            if step is not None:
                self.at(block, self.servers_are_alive)
                self.at(block, step, block)
                self.count.verified += 1
        self.at(self.last, self.arrive)
        if self.pictures:
            self.take_pictures()
        self.count.seconds = time.monotonic() - started
        for block in self.blocks:
            if type(block) not in self.steps:
                self.at(block, self.nothing_verifies)
        return self.count

    def at(
        self, block: nodes.Element, step: Callable[..., None], *arguments: Any
    ) -> None:
        """Do a step; its failure names the place on the page."""
        try:
            step(*arguments)
        except Failure as failure:
            failure.place = failure.place or self.page.place(block)
            raise

    def is_for_me(self, block: nodes.Element) -> bool:
        """What is typed in the boxes is for a reader with the course's repository."""
        return self.computer.original is not None or box_around(block) is None

    @property
    def last(self) -> nodes.Element:
        doctree = self.page.doctree
        return doctree.next_node(end_here) or [doctree, *self.blocks][-1]

    @property
    def next_block(self) -> nodes.Element | None:
        following = self.blocks[self.position + 1 :]
        return following[0] if following else None

    def nothing_verifies(self) -> None:
        raise Failure("nothing verifies this block: use one of the course's directives")

    def measurement(self, block: nodes.Element) -> None:
        """What a page says about speed holds only if nothing was lost for it."""
        measured = block["measured"]
        if any(cell["wrong"] for cell in measured["cells"]):
            raise Failure("deliveries were lost where this was measured")
        rows = list(block.findall(nodes.row))[1:]
        if len(rows) != len(measured["cells"]):
            raise Failure("the table does not show everything that was measured")

    # Files.

    def create(self, block: nodes.Element) -> None:
        tree.create(self.computer.folder, caption_of(block), listing_of(block))

    def edit(self, block: nodes.Element) -> None:
        path = caption_of(block)
        hunks = [
            [
                (line["classes"][0], line.astext().removesuffix("\n"))
                for line in shown.findall(nodes.inline)
                if line.parent is shown
            ]
            for shown in block.findall(hunk)
        ]
        tree.edit(self.computer.folder, path, hunks)
        whole = tree.as_saved(listing_of(block)).decode()
        got = tree.place_of(self.computer.folder, path).read_bytes().decode()
        if got != whole:
            raise Failure("the changes do not lead to the whole file", whole, got)

    def remove(self, block: nodes.Element) -> None:
        path = first(block, nodes.literal).astext()
        tree.remove(self.computer.folder, path)

    def excerpt(self, block: nodes.Element) -> None:
        path, _, name = caption_of(block).partition(", ")
        checkpoint = folder_of(block["checkpoint"], self.page.root)
        source = tree.place_of(checkpoint, path).read_text(encoding="utf-8")
        shown = textwrap.dedent(listing_of(block)).strip("\n")
        expected = textwrap.dedent(object_in(source, name)).strip("\n")
        if shown != expected:
            raise Failure(f"the page shows another {name}", expected, shown)

    # Terminals.

    def install(self, block: nodes.Element) -> None:
        if self.computer.has_its_own_environment:
            self.run(block)
            return
        text = first(block, typed).astext()
        pins = dict(re.findall(r'"([\w-]+)(?:\[[\w,-]+\])?==([^"]+)"', text))
        code = (
            f"import importlib.metadata as m; [print(m.version(n)) for n in {[*pins]}]"
        )
        terminal = self.computer.terminal(block["terminal"])
        found = terminal.run(f"python -c {shlex.quote(code)}", self.bounds.command)
        if found.output.split() != list(pins.values()):
            raise Failure(
                "these packages are not the ones of the course's environment",
                "\n".join(pins.values()),
                found.output,
            )

    def run(self, block: nodes.Element) -> None:
        text = first(block, typed).astext()
        if block["cannot_run"]:
            self.count.equivalents.append(
                f"{self.page.path}:{line_of(block)}: {text.strip()!r} was not run but "
                f"{block['instead']!r}: {block['cannot_run']}"
            )
            text = block["instead"]
        text = self.computer.ports.command(text)
        if block["folder"]:
            self.run_in_course(block, text)
            return
        terminal = self.computer.terminal(block["terminal"])
        if terminal.background:
            raise Failure("a server runs in this terminal: nothing can be typed there")
        if block["background"]:
            self.finished = terminal.start(text)
            self.servers[block["terminal"]] = block
            self.wait_for_server(text)
            return
        self.finish(terminal, block, text)

    def finish(
        self,
        terminal: Terminal,
        block: nodes.Element,
        text: str,
        folder: Path | None = None,
    ) -> None:
        """Run commands to their end, which must be the one that the page says."""
        is_long = re.search(r"\b(pip|pytest|tutorial\.py check)\b", text)
        seconds = self.bounds.long_command if is_long else self.bounds.command
        self.finished = terminal.run(text, seconds, folder)
        if self.finished.status != block["exits"]:
            raise Failure(
                f"the command ended with exit status {self.finished.status}, not "
                f"{block['exits']}; it printed:\n{self.finished.output}"
            )

    def run_in_course(self, block: nodes.Element, text: str) -> None:
        """Run commands of a box; then its checkpoint is where the repository has it.

        Each way that the box at the beginning shows leads there from a fresh copy.
        """
        is_start = isinstance(box_around(block), start_here)
        course = None if is_start else self.computer.course
        course = course or self.computer.take_course()
        project = course / "chanx_django"
        if is_start:
            self.computer.move_to(project)
        self.finish(self.computer.terminal(block["terminal"]), block, text, course)
        checkpoint = self.page.start if is_start else self.page.end
        assert checkpoint
        tree.compare(project, checkpoint)
        if is_start:
            self.computer.enter_environment()

    def wait_for_server(self, text: str) -> None:
        running = self.finished
        assert isinstance(running, Background)
        ports = ports_of_server(text)
        if not ports and not isinstance(self.next_block, output):
            raise Failure("nothing shows when this is ready: add an output")
        is_ready = wait_until(
            lambda: not running.is_running or all(map(accepts, ports)),
            self.bounds.ready,
        )
        self.servers_are_alive()
        if not is_ready:
            raise Failure(
                f"the server was not ready within {self.bounds.ready:g} seconds; it "
                f"printed:\n{running.output}"
            )

    def servers_are_alive(self) -> None:
        for number, terminal in self.computer.terminals.items():
            running = terminal.background
            if running and not running.is_running:
                line = line_of(self.servers[number])
                raise Failure(
                    f"what line {line} started in terminal {number} has ended by "
                    f"itself, with exit status {running.process.returncode}; it "
                    f"printed:\n{running.output}"
                )

    def output(self, block: nodes.Element) -> None:
        page = first(block, printed).astext()
        finished = self.finished
        if finished is None:
            raise Failure("there is no command before this output")
        if isinstance(finished, Finished):
            outputs.compare(page, self.computer.ports.to_page(finished.output))
            return

        def missing() -> str | None:
            return outputs.missing_line(
                page, self.computer.ports.to_page(finished.output)
            )

        wait_until(
            lambda: missing() is None or not finished.is_running, self.bounds.ready
        )
        line = missing()
        if line is not None:
            raise Failure(
                f"the line {line!r} did not appear in {self.bounds.ready:g} seconds",
                page,
                self.computer.ports.to_page(finished.output),
            )

    def stop(self, block: nodes.Element) -> None:
        terminal = self.computer.terminal(block["terminal"])
        if not terminal.background:
            raise Failure(f"nothing runs in terminal {block['terminal']}")
        terminal.interrupt()

    def terminals(self, block: nodes.Element) -> None:
        self.computer.wait_for_quiet()
        screens = outputs.steady([self.screen(number) for number in block["numbers"]])
        if self.writes:
            self.write_recording(block, screens)
            return
        page = "".join(shown.astext() for shown in block.findall(screen))
        lines = [[*shown["typed"], *shown["printed"]] for shown in screens]
        now = "".join(f"{line}\n" for line in chain.from_iterable(lines))
        if page != now:
            raise Failure("the terminals show something else now", page, now)

    def screen(self, number: int) -> Screen:
        """What is to be seen in a terminal in which something runs."""
        running = self.computer.terminal(number).background
        if running is None:
            raise Failure(f"nothing runs in terminal {number}")
        return {
            "typed": first(self.servers[number], typed).astext().splitlines(),
            "printed": self.computer.ports.to_page(running.output).splitlines(),
        }

    # The browser.

    def paste(self, block: nodes.Element) -> None:
        if not isinstance(self.blocks[self.position - 1], log):
            self.computer.wait_for_quiet()
        window = self.computer.window(block["window"], block["at"])
        window.paste(listing_of(block), self.bounds.snippet)
        if not isinstance(self.next_block, log):
            self.compare_log("", block)

    def log(self, block: nodes.Element) -> None:
        pasted = self.blocks[self.position - 1]
        if not isinstance(pasted, snippet):
            raise Failure("there is no snippet before this log")
        self.compare_log(first(block, printed).astext(), pasted)

    def compare_log(self, page: str, pasted: nodes.Element) -> None:
        window = self.computer.window(pasted["window"], pasted["at"])
        window.wait_for_lines(len(page.strip("\n").splitlines()), self.bounds.snippet)
        logged = outputs.normalized(window.logged)
        if not outputs.matches(outputs.normalized(page), logged):
            raise Failure(
                "the snippet does not log what the page shows", page, "\n".join(logged)
            )
        require_calm(self.computer.complaints, page)

    def screenshot(self, block: nodes.Element) -> None:
        """Take the picture now if the reader's server runs, otherwise at the end."""
        if accepts(self.computer.ports.real[8000]):
            self.take_picture(block)
        else:
            self.pictures.append(block)

    def take_pictures(self) -> None:
        """Take the pictures of the project that the reader has in the end."""
        terminal = self.computer.terminal(1)
        terminal.start(self.computer.ports.command("python manage.py runserver"))
        self.servers[1] = self.pictures[0]
        port = self.computer.ports.real[8000]
        wait_until(lambda: accepts(port), self.bounds.ready)
        for block in self.pictures:
            self.at(block, self.servers_are_alive)
            self.at(block, self.take_picture, block)
        terminal.interrupt()

    def take_picture(self, block: nodes.Element) -> None:
        browser, seconds = self.computer.browser, self.bounds.picture
        picture = pictures.take(browser, SITE, block, seconds)
        folder = self.page.root / "docs" / "_static" / "screenshots"
        stored = folder / f"{block['name']}.png"
        if not self.writes:
            pictures.compare(picture, pictures.Picture.load(stored))
        elif not stored.is_file() or not picture.is_like(pictures.Picture.load(stored)):
            picture.save(stored)

    # The diagram.

    def sequence(self, block: nodes.Element) -> None:
        folder = folder_of(block["checkpoint"], self.page.root)
        messages = record(folder, block["scenario"])
        if self.writes:
            self.write_recording(block, messages)
            return
        words = first(block, alternative)
        page = [item.astext() for item in words.findall(nodes.paragraph)]
        now = [f"{m['from']} to {m['to']}: {m['label']}" for m in messages]
        if page != now:
            raise Failure(
                "the project sends other messages now than the diagram shows",
                "\n".join(page),
                "\n".join(now),
            )

    def write_recording(self, block: nodes.Element, entries: Sequence[object]) -> None:
        """Keep what a drawing shows, an entry a line."""
        folder = self.page.root / "docs" / "recordings"
        folder.mkdir(exist_ok=True)
        lines = [json.dumps(entry, ensure_ascii=False) for entry in entries]
        text = "[\n  " + ",\n  ".join(lines) + "\n]\n"
        (folder / f"{block['name']}.json").write_text(text, encoding="utf-8")

    # The end.

    def arrive(self) -> None:
        running = self.computer.leave_chapter()
        require_calm(self.computer.complaints, "")
        if running:
            raise Failure(f"a server in {', '.join(running)} is never stopped")
        left = self.computer.kill_what_is_left()
        if left:
            raise Failure(f"the chapter leaves this running: {', '.join(left)}")
        if self.page.end:
            tree.compare(self.computer.folder, self.page.end)


def box_around(block: nodes.Element) -> nodes.Node | None:
    """The box in which a block is, if it is in one."""
    boxes = (it for it in parents(block) if isinstance(it, start_here | end_here))
    return next(boxes, None)


def first(block: nodes.Element, kind: type[nodes.Element]) -> nodes.Element:
    """The first node of that kind in a block."""
    node = block.next_node(kind)
    if node is None:
        raise Failure(f"the page shows no {kind.__name__} here")
    assert isinstance(node, nodes.Element)
    return node


def caption_of(block: nodes.Element) -> str:
    return first(block, block_caption).astext()


def listing_of(block: nodes.Element) -> str:
    """The listing in a block; an empty file has a sentence instead."""
    listing = block.next_node(nodes.literal_block)
    return listing.astext() if listing is not None else ""


def object_in(source: str, name: str) -> str:
    """The lines of a function, class, method or constant of a Python file."""
    body: list[ast.stmt] = ast.parse(source).body
    found: ast.stmt | None = None
    for part in name.split("."):
        found = next((item for item in body if part in names_of(item)), None)
        if found is None:
            raise Failure(f"there is no {name} in the file")
        body = getattr(found, "body", [])
    assert found
    decorators = [item.lineno for item in getattr(found, "decorator_list", [])]
    start = min([found.lineno, *decorators])
    return "\n".join(source.split("\n")[start - 1 : found.end_lineno])


def names_of(item: ast.stmt) -> list[str]:
    if isinstance(item, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return [item.name]
    targets = getattr(item, "targets", [getattr(item, "target", None)])
    return [target.id for target in targets if isinstance(target, ast.Name)]


def record(project: Path, scenario: list[str]) -> list[dict[str, str]]:
    """Run a scenario in a project, in a process of its own. Returns its messages."""
    try:
        finished = subprocess.run(
            # -P keeps this folder's modules out of the project's way.
            [sys.executable, "-P", str(RECORDER)],
            cwd=project,
            input=json.dumps(scenario),
            capture_output=True,
            text=True,
            timeout=SECONDS_FOR_RECORDING,
        )
    except subprocess.TimeoutExpired:
        raise Failure(
            f"the scenario did not end within {SECONDS_FOR_RECORDING} seconds"
        ) from None
    if finished.returncode:
        raise Failure(f"the scenario could not be recorded:\n{finished.stderr}")
    messages: list[dict[str, str]] = json.loads(finished.stdout)
    return messages
