"""Follows one page: does what each step asks for, as it is shown."""

import logging
import time
from collections.abc import Callable

from tests.chapters import (
    behaviors,
    commands,
    console,
    files,
    pictures,
    recordings,
    tree,
)
from tests.chapters.failures import Failure
from tests.chapters.pages import Step
from tests.chapters.ports import accepts, wait_until
from tests.chapters.reader import Reader
from tests.chapters.window import require_calm

# Shows how long each step takes: python -m pytest --log-cli-level=INFO chapters
logger = logging.getLogger(__name__)


def follow(reader: Reader) -> str:
    """Follow the page to its end, and tell what was done.

    Raises Failure for the first thing that is wrong or that nothing verifies.
    """
    started = time.monotonic()
    page = reader.page
    reader.steps = [step for step in page.steps if not is_of_repository(step)]
    for position, step in enumerate(reader.steps):
        reader.position = position
        before = time.monotonic()
        at(page.place(step), reader.servers_are_alive)
        at(page.place(step), DO.get(step["kind"], unverified), reader, step)
        if step["kind"] == "ready-made":
            at(page.place(step), behaviors.require_failing, reader)
        logger.info("%5.2f s  %s", time.monotonic() - before, page.place(step))
    at(page.place_of_end, arrive, reader)
    if reader.pictures:
        take_pictures(reader)
    seconds = time.monotonic() - started
    return f"{len(reader.steps)} steps, all verified ({seconds:.1f} s)"


def is_of_repository(step: Step) -> bool:
    """Whether test_boxes.py does this step: it needs the course's repository."""
    return step["kind"] == "run" and bool(step["folder"])


def at(place: str, do: Callable[..., None], *arguments: object) -> None:
    """Do something; its failure names the place on the page."""
    try:
        do(*arguments)
    except Failure as failure:
        failure.place = failure.place or place
        raise


def screenshot(reader: Reader, step: Step) -> None:
    """Take the picture now if the reader's server runs, otherwise at the end."""
    if accepts(reader.computer.ports.real[8000]):
        pictures.take(reader, step)
    else:
        reader.pictures.append(step)


def take_pictures(reader: Reader) -> None:
    """Take the pictures of the project that the reader has in the end."""
    computer = reader.computer
    terminal = computer.terminal(1)
    terminal.start(computer.ports.command("python manage.py runserver"))
    reader.servers[1] = reader.pictures[0]
    wait_until(lambda: accepts(computer.ports.real[8000]), reader.seconds)
    for step in reader.pictures:
        at(reader.page.place(step), reader.servers_are_alive)
        at(reader.page.place(step), pictures.take, reader, step)
    terminal.interrupt()


def unverified(reader: Reader, step: Step) -> None:
    raise Failure("nothing verifies this block: use one of the course's directives")


def arrive(reader: Reader) -> None:
    """Leave the chapter, with nothing running and the project of its end."""
    computer = reader.computer
    busy = [f"terminal {number}" for number in computer.running]
    computer.close_windows()
    require_calm(computer.complaints, "")
    if busy:
        raise Failure(f"a server in {', '.join(busy)} is never stopped")
    if left := computer.kill_what_is_left():
        raise Failure(f"the chapter leaves this running: {', '.join(left)}")
    if reader.page.end:
        tree.compare(computer.folder, reader.page.end)


DO: dict[str, Callable[[Reader, Step], None]] = {
    "create": files.create,
    "edit": files.edit,
    "remove": files.remove,
    "excerpt": files.excerpt,
    "run": commands.run,
    "output": commands.output,
    "stop": commands.stop,
    "terminals": commands.terminals,
    "browser-console": console.paste,
    "console-log": console.log,
    "screenshot": screenshot,
    "now-passes": behaviors.now_passes,
    "sequence": recordings.sequence,
    # What was measured has been compared with the table by the build.
    "measurement": lambda reader, step: None,
}
