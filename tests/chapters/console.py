"""The steps in the browser's console: what is pasted there, and what it logs."""

from tests.chapters import printed
from tests.chapters.failures import Failure
from tests.chapters.pages import Step
from tests.chapters.reader import Reader
from tests.chapters.window import require_calm


def paste(reader: Reader, step: Step) -> None:
    if reader.kind(-1) != "console-log":
        reader.computer.wait_for_quiet()
    window = reader.computer.window(step["window"], step["at"])
    window.paste(step["text"], reader.seconds)
    if reader.kind(1) != "console-log":
        compare(reader, "", step)


def log(reader: Reader, step: Step) -> None:
    if reader.kind(-1) != "browser-console":
        raise Failure("there is no snippet before this log")
    compare(reader, step["printed"], reader.steps[reader.position - 1])


def compare(reader: Reader, page: str, pasted: Step) -> None:
    """Raises Failure unless the window logged what the page shows, and all is well."""
    window = reader.computer.window(pasted["window"], pasted["at"])
    window.wait_for_lines(len(page.strip("\n").splitlines()), reader.seconds)
    logged = printed.normalized(window.logged)
    if not printed.matches(printed.normalized(page), logged):
        raise Failure(
            "the snippet does not log what the page shows", page, "\n".join(logged)
        )
    require_calm(reader.computer.complaints, page)
