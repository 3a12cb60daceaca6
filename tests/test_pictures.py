"""The pages show all pictures and recordings that the replay makes, and no others."""

import re

from course.chapters import ROOT

DOCS = ROOT / "docs"
PAGES = [page for page in DOCS.rglob("*.rst") if "_build" not in page.parts]


def found_in_pages(*names: str) -> set[str]:
    pattern = re.compile(rf"^ *\.\. (?:{'|'.join(names)}):: (\S+)", re.MULTILINE)
    texts = (page.read_text(encoding="utf-8") for page in PAGES)
    return {name for text in texts for name in pattern.findall(text)}


def test_pages_show_the_pictures_that_the_replay_makes() -> None:
    made = {f"{name}.png" for name in found_in_pages("screenshot")}
    stored = {file.name for file in (DOCS / "_static" / "screenshots").glob("*.png")}

    assert stored == made
    # Beside each is what is written in it.
    words = {file.stem for file in (DOCS / "_static" / "screenshots").glob("*.txt")}
    assert {f"{name}.png" for name in words} == made
    assert found_in_pages("image", "figure") <= {
        f"/_static/screenshots/{name}" for name in made
    }


def test_pages_show_the_recordings_that_the_replay_makes() -> None:
    stored = {file.stem for file in (DOCS / "recordings").iterdir()}

    assert stored == found_in_pages("sequence", "terminals")
