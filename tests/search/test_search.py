"""The search of the pages, in a real browser: served, and opened as files."""

import functools
import json
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from course.docs import HOST, QuietHandler, Server
from directives.search import FILE
from tests.conftest import Note

QUESTIONS: dict[str, list[str]] = tomllib.loads(
    Path(__file__).with_name("questions.toml").read_text(encoding="utf-8")
)
SHARE_ANSWERED = 0.9
# Ten times what a search may take, for a busy machine.
MILLISECONDS = 1000


@pytest.fixture(scope="module", params=["served", "files"])
def origin(request: pytest.FixtureRequest, built: Path) -> Iterator[str]:
    """Where the pages are, without a slash at its end."""
    if request.param == "files":
        yield built.as_uri()
        return
    handler = functools.partial(QuietHandler, directory=str(built))
    with Server((HOST, 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://{HOST}:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window in which no script may fail."""
    errors: list[str] = []
    page = browser.new_page()
    page.on("pageerror", lambda error: errors.append(error.message))
    yield page
    page.close()
    assert errors == []


def search(page: Page, origin: str, question: str) -> list[str]:
    """Ask the page of results, and return the addresses it links, best first."""
    page.goto(f"{origin}/search.html?q={quote(question)}")
    links = "links => links.map(link => link.getAttribute('href'))"
    addresses: list[str] = page.eval_on_selector_all("ul.search a", links)
    return addresses


def test_nine_of_ten_questions_have_their_section_among_the_first_three(
    page: Page, origin: str, note: Note
) -> None:
    page.goto(f"{origin}/search.html")
    found: list[list[str]] = page.evaluate(
        """questions => questions.map(
          question => findSections(question).slice(0, 3).map(result => result.id)
        )""",
        list(QUESTIONS),
    )
    misses = {
        question: addresses
        for (question, answers), addresses in zip(QUESTIONS.items(), found, strict=True)
        if not set(answers) & set(addresses)
    }

    answered = len(QUESTIONS) - len(misses)
    told = "\n".join(f"  {question}: {them}" for question, them in misses.items())
    note(f"search, {origin[:4]}", f"{answered} of {len(QUESTIONS)}\n{told}")
    assert answered >= SHARE_ANSWERED * len(QUESTIONS), told


def sections(built: Path) -> list[dict[str, str]]:
    script = (built / FILE).read_text(encoding="utf-8")
    found: list[dict[str, str]] = json.loads(script[script.index(" = [") + 3 : -2])
    return found


def test_every_section_that_can_be_found_is_there(built: Path) -> None:
    addresses = [section["address"] for section in sections(built)]

    assert len(set(addresses)) == len(addresses) > 300
    for address in addresses:
        parts = urlsplit(address)
        text = (built / parts.path).read_text(encoding="utf-8")
        assert f'id="{unquote(parts.fragment)}"' in text or not parts.fragment
    answers = {answer for them in QUESTIONS.values() for answer in them}
    assert answers <= set(addresses)


def test_neither_code_nor_the_changes_of_a_chapter_are_found(built: Path) -> None:
    found = sections(built)

    assert [it for it in found if it["address"].startswith("changes/")] == []
    assert [it for it in found if "self.channel_layer.group_add(" in it["text"]] == []


def test_a_reader_comes_to_the_section_by_keyboard(page: Page, origin: str) -> None:
    page.goto(f"{origin}/guide/groups.html")
    page.fill("input[name=q]", "reconect automaticaly")
    page.press("input[name=q]", "Enter")
    first = page.locator("ul.search a").first
    assert first.inner_text() == "The browser’s side › A connection that mends itself"
    assert page.locator("ul.search mark").count() > 0
    assert page.input_value("input[name=q]") == "reconect automaticaly"

    first.press("Enter")
    page.wait_for_url("**/guide/browser.html#a-connection-that-mends-itself")


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("", "Type what you want to do"),
        ("what is it", "No section has a word of “what is it”"),
        ("xyzzyqwfp", "No section has a word of “xyzzyqwfp”"),
        ("<img src=x onerror=fail()>", "“<img src=x onerror=fail()>”"),
        ("&%$?#/\\", "No section has a word of"),
    ],
)
def test_what_cannot_be_found_is_said(
    page: Page, built: Path, question: str, told: str
) -> None:
    search(page, built.as_uri(), question)

    assert told in page.inner_text("[role=status]")
    assert page.locator("#search-results img").count() == 0


def test_of_a_whole_traceback_the_end_is_looked_for(
    page: Page, built: Path, note: Note
) -> None:
    lines = "".join(
        f"File site-packages/a{n}.py, line {n}, in call " for n in range(90)
    )
    question = f"Traceback: {lines} KeyError: 'user'"

    assert "guide/troubleshooting.html#no-user" in search(
        page, built.as_uri(), question
    )
    took = page.evaluate(
        """question => {
          const start = performance.now();
          makeIndex();
          findSections(question);
          return performance.now() - start;
        }""",
        question,
    )
    note("search, ms", round(took))
    assert took < MILLISECONDS
