"""The commands that build the pages, and serve them."""

import os
import signal
from pathlib import Path

import pytest

from tests.conftest import Start
from tests.support.commands import is_free, status_of_page, wait_until


@pytest.fixture
def small_docs(repository: Path) -> Path:
    """The copied repository, with a page of its own."""
    folder = repository / "docs"
    folder.mkdir()
    (folder / "conf.py").write_text("exclude_patterns = ['_build']\n")
    (folder / "index.rst").write_text("Course\n======\n")
    return repository


def test_docs_builds_the_pages_and_says_where(start: Start, small_docs: Path) -> None:
    command = start("docs", repository=small_docs)

    assert command.exit_status() == 0
    page = small_docs / "docs" / "_build" / "html" / "index.html"
    assert command.output == f"The pages are built: open {page} in a browser.\n"
    assert page.exists()


def test_docs_that_cannot_be_built_at_all_fail(start: Start, small_docs: Path) -> None:
    (small_docs / "docs" / "conf.py").write_text("nonsense")

    command = start("docs", repository=small_docs)

    assert command.exit_status() == 1
    assert command.output.splitlines()[-1] == (
        "The pages cannot be built, for the reason named above."
    )


def test_docs_fails_with_every_mistake_named(start: Start, small_docs: Path) -> None:
    index = small_docs / "docs" / "index.rst"
    index.write_text("Course\n======\n\n:doc:`one`\n\n:py:func:`two`\n")

    for _ in range(2):
        command = start("docs", repository=small_docs)

        assert command.exit_status() == 1
        assert f"{index}:4: WARNING: unknown document: 'one'" in command.output
        assert f"{index}:6: WARNING: py:func reference target not f" in command.output
        assert command.output.splitlines()[-1] == (
            "The pages have the mistakes named above, each with its page and line."
        )


def test_serve_serves_the_pages_beside_the_project(
    start: Start, small_docs: Path, free_port: int
) -> None:
    command = start("serve", "start", "--port", str(free_port), repository=small_docs)
    command.wait_for_output("Serving start.")
    command.wait_for_output("Tutorial:")

    port = int(command.output.rpartition(":")[2].strip(" /\n"))
    assert status_of_page(port, "/") == 200
    command.press_ctrl_c()
    assert command.exit_status() == 0
    assert is_free(port)
    assert "Traceback" not in command.output
    # Its server writes no log among the project's lines.
    assert '"GET / HTTP/1.1" 200' not in command.output.partition("Tutorial:")[2]


def test_the_pages_end_with_a_server_that_is_killed(
    start: Start, small_docs: Path, free_port: int
) -> None:
    command = start("serve", "start", "--port", str(free_port), repository=small_docs)
    command.wait_for_output("Tutorial:")
    port = int(command.output.rpartition(":")[2].strip(" /\n"))

    # The pages' server is not in this group, so nobody but itself ends it.
    os.killpg(command.process.pid, signal.SIGKILL)

    wait_until(lambda: is_free(port), "the pages are still served")


@pytest.mark.parametrize("problem", ["no pages", "nowhere to write"])
def test_pages_that_cannot_be_built_do_not_stop_the_project(
    start: Start, repository: Path, free_port: int, problem: str
) -> None:
    if problem == "nowhere to write":
        (repository / "docs").mkdir()
        (repository / "docs" / "_build").write_text("")
    command = start("serve", "start", "--port", str(free_port), repository=repository)

    command.wait_for_output("The tutorial could not be built; `tutorial.py docs` says")
    assert status_of_page(free_port, "/") == 200
    assert "Traceback" not in command.output


def test_an_interrupted_build_is_not_taken_for_a_finished_one(
    start: Start, small_docs: Path, free_port: int
) -> None:
    assert start("docs", repository=small_docs).exit_status() == 0
    folder = small_docs / "docs" / "_build"
    (folder / "html" / "index.html").write_text("half a p")
    (folder / "unfinished").touch()

    command = start("serve", "start", "--port", str(free_port), repository=small_docs)

    command.wait_for_output("Tutorial:")
    assert "half a p" not in (folder / "html" / "index.html").read_text()
