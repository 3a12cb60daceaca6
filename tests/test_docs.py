"""The pages as they are built."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from course.chapters import ROOT, load_chapters
from directives.launcher import commands_of_launcher
from tests.support.browser import open_browser


class Page(HTMLParser):
    """What a page links to, what it loads, and what can be linked to in it."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.loads: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors.add(values.get("id", ""))
        if tag == "a":
            self.links.add(values.get("href", ""))
        elif tag == "link":
            self.loads.add(values.get("href", ""))
        else:
            self.loads.add(values.get("src", ""))


@pytest.fixture(scope="module")
def pages(built: Path) -> dict[Path, Page]:
    """All pages, built anew."""
    return {file: Page(file) for file in built.rglob("*.html")}


def is_outside(address: str) -> bool:
    return bool(urlsplit(address).scheme or urlsplit(address).netloc)


@pytest.mark.quick
def test_every_link_leads_somewhere(pages: dict[Path, Page]) -> None:
    dead = [
        f"{file.name}: {link}"
        for file, page in pages.items()
        for link in page.links
        if not is_outside(link) and not leads_somewhere(file, link, pages)
    ]

    assert dead == []


def leads_somewhere(file: Path, link: str, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
    if target not in pages:
        return target.is_file()
    # "#" alone is the top of any page.
    return unquote(parts.fragment) in pages[target].anchors | {""}


@pytest.mark.quick
def test_nothing_is_loaded_from_elsewhere(pages: dict[Path, Page]) -> None:
    for file, page in pages.items():
        for address in page.loads:
            assert not is_outside(address), f"{file.name}: {address}"
            path = file.parent / unquote(urlsplit(address).path)
            assert path.exists(), f"{file.name}: {address}"


@pytest.mark.quick
def test_the_search_works_without_a_server(pages: dict[Path, Page]) -> None:
    front = min(pages, key=lambda file: (len(file.parts), file.name != "index.html"))
    with open_browser() as browser:
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(front.as_uri())
        page.fill("input[name=q]", "subprotocol")
        page.press("input[name=q]", "Enter")
        page.click("#search-results a[href*='guide/consumers.html']")
        page.wait_for_url("**/guide/consumers.html*")

    assert all(address.startswith("file:") for address in asked), asked


@pytest.mark.quick
def test_every_chapter_links_its_changes_and_its_neighbors(
    pages: dict[Path, Page],
) -> None:
    chapters = load_chapters()
    for number, chapter in enumerate(chapters):
        page = page_named(pages, f"tutorial/{chapter.page}.html")
        assert f"../changes/{chapter.page}.html" in page.links
        files = f"../changes/{chapter.page}.html#files-of-{chapter.ends_at}"
        assert files in page.links
        for neighbor in chapters[max(0, number - 1) : number + 2]:
            if neighbor != chapter:
                assert f"{neighbor.page}.html" in page.links


def page_named(pages: dict[Path, Page], name: str) -> Page:
    (page,) = (page for file, page in pages.items() if file.as_posix().endswith(name))
    return page


@pytest.mark.quick
def test_every_command_of_the_launcher_is_in_the_index(built: Path) -> None:
    index = (built / "commands.html").read_text(encoding="utf-8")
    text = re.sub("<[^>]*>", "", index)

    names = commands_of_launcher()
    assert {"serve", "docs", "test"} <= set(names)
    assert [name for name in names if f"usage: tutorial.py {name} " not in text] == []


def test_every_command_that_a_chapter_types_is_in_the_index(built: Path) -> None:
    pages = json.loads((built / "steps.json").read_text(encoding="utf-8"))
    typed = {
        line
        for name, page in pages.items()
        for step in page["steps"]
        if name.startswith("tutorial/") and step["kind"] == "run" and not step["box"]
        for line in step["typed"].splitlines()
        if line.startswith(("python manage.py ", "python -m "))
    }
    index = (ROOT / "docs" / "commands.rst").read_text(encoding="utf-8")
    listed = re.findall(r"^   \.\. template:: used-in (.+)$", index, re.MULTILINE)

    assert {"python manage.py runserver"} <= typed
    missing = [
        it for it in typed if not f"{it} ".startswith(tuple(f"{x} " for x in listed))
    ]
    assert missing == []
