import re

from course.chapters import ROOT

DOCS = ROOT / "docs"
PAGES = [page for page in DOCS.rglob("*.rst") if "_build" not in page.parts]


def found_in_pages(directive: str) -> set[str]:
    pattern = re.compile(rf"^ *\.\. {directive}:: (\S+)", re.MULTILINE)
    texts = (page.read_text(encoding="utf-8") for page in PAGES)
    return {name for text in texts for name in pattern.findall(text)}


def test_the_replay_makes_every_picture_and_every_picture_is_on_a_page() -> None:
    made = {f"{name}.png" for name in found_in_pages("screenshot")}
    stored = {file.name for file in (DOCS / "_static").rglob("*.*g")}

    assert stored == made


def test_a_page_shows_no_picture_that_the_replay_does_not_make() -> None:
    shown = found_in_pages("image") | found_in_pages("figure")

    for name in shown:
        folder, _, file = name.rpartition("/")
        assert folder == "/_static/screenshots", name
        assert file.removesuffix(".png") in found_in_pages("screenshot"), name


def test_the_replay_makes_every_recording_and_every_recording_is_on_a_page() -> None:
    made = found_in_pages("sequence") | found_in_pages("terminals")
    stored = {file.stem for file in (DOCS / "recordings").iterdir()}

    assert stored == made
