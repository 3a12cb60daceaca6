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
import sqlite3
import sys
from pathlib import Path

from sphinx.cmd.build import main as sphinx

from course.chapters import ROOT
from course.child import end_with_parent, know_scripts
from course.errors import TutorialError
from course.passages import write_passages
from course.source import export, find_source, has_finished_project

SOURCE = ROOT / "docs"
PAGES = SOURCE / "_build" / "html"
# There while pages are being built, and after a build that was interrupted.
UNFINISHED = SOURCE / "_build" / "unfinished"
# Held while pages are being built.
LOCK = SOURCE / "_build" / "lock"
SECONDS_TO_BUILD = 600
COPY_OF_COURSE = SOURCE / "_build" / "course"
FROM_SCRATCH = ["--fresh-env", "--write-all"]
STRICT = ["--nitpicky", "--fail-on-warning", "--keep-going"]
# Sphinx's exit status when it gave up before the last page.
GAVE_UP = 2

HOST = "127.0.0.1"


def docs(screenshots: bool) -> int:
    """Build all pages, if wanted with new pictures; print where they are; return 0.

    What they say goes into the projects with an assistant, which quotes it.

    Raises TutorialError if Sphinx complains of anything; it has then said of what.
    """
    if screenshots:
        from course.dev.screenshots import take_screenshots

        take_screenshots()
    status = build(["--quiet", *STRICT, *FROM_SCRATCH])
    if status == GAVE_UP:
        raise TutorialError("The pages cannot be built, for the reason named above.")
    if status:
        raise TutorialError(
            "The pages have the mistakes named above, each with its page and line."
        )
    write_passages(PAGES)
    print(f"The pages are built: open {PAGES / 'index.html'} in a browser.")
    return 0


def build(options: list[str]) -> int:
    """Run Sphinx, once no other process does so here, and return its exit status."""
    UNFINISHED.parent.mkdir(parents=True, exist_ok=True)
    LOCK.touch()
    # SQLite's locks wait, work on every system, and end with the process.
    lock = sqlite3.connect(LOCK, timeout=SECONDS_TO_BUILD, isolation_level=None)
    with contextlib.closing(lock):
        lock.execute("BEGIN EXCLUSIVE")
        # Sphinx would take half a page, as an interrupted build leaves it, for whole.
        anew = FROM_SCRATCH if UNFINISHED.exists() else []
        UNFINISHED.touch()
        folders = [str(source()), str(PAGES)]
        status = sphinx([*options, *anew, "--builder", "html", *folders])
        if status != GAVE_UP:
            UNFINISHED.unlink()
    return status


def source() -> Path:
    """Return the folder with the pages' text.

    The last chapter's page shows the finished project. On a branch of the course, which
    has another one in its folder, the pages are built of a copy of the source.
    """
    if has_finished_project():
        return SOURCE
    shutil.rmtree(COPY_OF_COURSE, ignore_errors=True)
    export(find_source(), COPY_OF_COURSE)
    return COPY_OF_COURSE / SOURCE.name


def update() -> bool:
    """Build what has changed, without a word, and return whether there are pages.

    Pages with mistakes are pages all the same.
    """
    with contextlib.redirect_stderr(io.StringIO()):
        return build(["-Q"]) != GAVE_UP


def serve_docs(port: int) -> None:
    """Serve the pages on this port, or on any if it is taken. Does not return."""
    # Whoever asks for a page before all are built waits for it.
    with listen(port) as server:
        try:
            is_built = update()
        except (OSError, sqlite3.Error):
            is_built = False
        if not is_built:
            sys.exit("The tutorial could not be built; `tutorial.py docs` says why.")
        port = server.server_address[1]
        print(f"  {'Tutorial:':<20}http://{HOST}:{port}/\n", flush=True)
        server.serve_forever()


def listen(port: int) -> http.server.ThreadingHTTPServer:
    handler = functools.partial(QuietHandler, directory=str(PAGES))
    try:
        return Server((HOST, port), handler)
    except OSError:
        return Server((HOST, 0), handler)


class Server(http.server.ThreadingHTTPServer):
    """Has its port to itself, on Windows too."""

    allow_reuse_address = os.name == "posix"


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files, and does not mix its requests with the project's."""

    def log_message(self, format: str, *args: object) -> None:
        pass


if __name__ == "__main__":
    end_with_parent()
    know_scripts()
    serve_docs(int(sys.argv[1]))
