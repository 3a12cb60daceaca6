"""Follows one page: does what each step asks for, as it is shown."""

import contextlib
import logging
import time
import urllib.request
from collections.abc import Callable, Iterator

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
    with site(reader, reader.pictures[0]):
        for step in reader.pictures:
            at(reader.page.place(step), reader.servers_are_alive)
            at(reader.page.place(step), pictures.take, reader, step)


@contextlib.contextmanager
def site(reader: Reader, step: Step) -> Iterator[int]:
    """The site of the project as it is now, on the port that this gives."""
    computer = reader.computer
    port, terminal = computer.ports.real[8000], computer.terminal(1)
    reader.servers[1] = step
    # It need not notice changes, and so ends if the project has a fault.
    typed = "python manage.py runserver --noreload"
    server = terminal.start(computer.ports.command(typed))
    wait_until(lambda: accepts(port) or not server.is_running, reader.seconds)
    yield port
    terminal.interrupt()


def pause(reader: Reader, step: Step) -> None:
    """Raises Failure unless whoever stops here has a project that starts."""
    if reader.computer.running:
        raise Failure("a server runs on over the pause")
    with site(reader, step) as port:
        reader.servers_are_alive()
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=reader.seconds)
        except OSError as error:
            raise Failure(f"the page / is not there: {error}") from error


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
    "ready-made": files.ready_made,
    "excerpt": files.excerpt,
    "run": commands.run,
    "output": commands.output,
    "stop": commands.stop,
    "pause-here": pause,
    "terminals": commands.terminals,
    "browser-console": console.paste,
    "console-log": console.log,
    "screenshot": screenshot,
    "now-passes": behaviors.now_passes,
    "sequence": recordings.sequence,
    # They are tried in tests/test_exercises.py.
    "exercises": lambda reader, step: None,
    # What was measured has been compared with the table by the build.
    "measurement": lambda reader, step: None,
}
