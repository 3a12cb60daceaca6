"""`tutorial.py docs`: build the course's pages; and serve them beside a project.

`tutorial.py serve` runs this module as a program of its own, so that nobody who wants
to see the project waits for the pages.
"""

import contextlib
import functools
import http.server
import io
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from sphinx.cmd.build import main as sphinx

from course.chapters import ROOT
from course.diff import is_finished_project_in_place
from course.errors import TutorialError
from course.projects import export
from course.source import find_source
from course.system_packages import require

SOURCE = ROOT / "docs"
PAGES = SOURCE / "_build" / "html"
# There while pages are being built, and after a build that was interrupted.
UNFINISHED = SOURCE / "_build" / "unfinished"
COPY_OF_COURSE = SOURCE / "_build" / "course"
FROM_SCRATCH = ["--fresh-env", "--write-all"]
STRICT = ["--nitpicky", "--fail-on-warning", "--keep-going"]
# Sphinx's exit status when it gave up before the last page.
GAVE_UP = 2

HOST = "127.0.0.1"
PORTS_TO_TRY = 20


def take_screenshots() -> None:
    """Follow all chapters, and make their pictures and diagrams anew.

    Raises TutorialError if something on a page is not as the page says.
    """
    require("redis-server")
    require("chromium")
    finished = subprocess.run(
        [sys.executable, "-m", "tests.replay"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(SOURCE / "_ext")},
    )
    if finished.returncode:
        raise TutorialError(
            "Not all pictures and diagrams could be made, for the reasons named above."
        )


def docs() -> int:
    """Build all pages, print where they are and return 0.

    Raises TutorialError if Sphinx complains of anything; it has then said of what.
    """
    status = build(["--quiet", *STRICT, *FROM_SCRATCH])
    if status == GAVE_UP:
        raise TutorialError("The pages cannot be built, for the reason named above.")
    if status:
        raise TutorialError(
            "The pages have the mistakes named above, each with its page and line."
        )
    print(f"The pages are built: open {PAGES / 'index.html'} in a browser.")
    return 0


def build(options: list[str]) -> int:
    """Run Sphinx and return its exit status."""
    UNFINISHED.parent.mkdir(parents=True, exist_ok=True)
    UNFINISHED.touch()
    status = sphinx([*options, "--builder", "html", str(source()), str(PAGES)])
    if status != GAVE_UP:
        UNFINISHED.unlink()
    return status


def source() -> Path:
    """Return the folder with the pages' text.

    The last chapter's page shows the finished project. Where a learner has something
    else in its folder, the pages are built of a copy of the course as it was committed.
    """
    if is_finished_project_in_place():
        return SOURCE
    shutil.rmtree(COPY_OF_COURSE, ignore_errors=True)
    export(find_source(), COPY_OF_COURSE)
    return COPY_OF_COURSE / SOURCE.name


def update() -> bool:
    """Build what has changed, without a word, and return whether there are pages.

    Pages with mistakes are pages all the same.
    """
    # Sphinx would take half a page, as an interrupted build leaves it, for up to date.
    options = FROM_SCRATCH if UNFINISHED.exists() else []
    with contextlib.redirect_stderr(io.StringIO()):
        return build(["-Q", *options]) != GAVE_UP


def serve_docs(first_port: int) -> None:
    """Serve the pages on the first free port from that one on. Does not return."""
    try:
        is_built = update()
    except OSError:
        is_built = False
    if not is_built:
        sys.exit("The tutorial could not be built; `tutorial.py docs` says why.")
    with listen(first_port) as server:
        port = server.server_address[1]
        print(f"  {'Tutorial:':<20}http://{HOST}:{port}/\n", flush=True)
        server.serve_forever()


def listen(first_port: int) -> http.server.ThreadingHTTPServer:
    handler = functools.partial(QuietHandler, directory=str(PAGES))
    for port in range(first_port, min(first_port + PORTS_TO_TRY, 65536)):
        try:
            return http.server.ThreadingHTTPServer((HOST, port), handler)
        except OSError:
            continue
    return http.server.ThreadingHTTPServer((HOST, 0), handler)


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files, and does not mix its requests with the project's."""

    def log_message(self, format: str, *args: object) -> None:
        pass


def exit_with_parent() -> None:
    """Exit as soon as standard input ends, which it does with the parent process."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=exit_with_parent, daemon=True).start()
    serve_docs(int(sys.argv[1]))
