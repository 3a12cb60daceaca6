"""A course with one small chapter is followed from its source, whole and broken."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from course.chapters import ROOT, read_chapters
from tests.chapters.computer import Computer
from tests.chapters.failures import Failure
from tests.chapters.follow import follow
from tests.chapters.pages import build, load_chapter
from tests.chapters.ports import Ports
from tests.chapters.reader import Reader
from tests.chapters.tree import files_of

TINY_COURSE = Path(__file__).with_name("tiny_course")
PAGE = "docs/tutorial/second.rst"
WORDS = "docs/_static/screenshots/tiny.txt"


def build_tiny(root: Path) -> None:
    options = ["--builder", "dummy", "--define", "course_records=1"]
    build(root / "docs", root / "built", *options)


def follow_tiny(root: Path, computer: Computer, writes: bool = False) -> list[str]:
    """Follow the chapter, and tell what was run in place of what is shown."""
    chapter = read_chapters(root / "checkpoints" / "chapters.toml")[1]
    page = load_chapter(root, root / "built", chapter)
    computer.start_at(page.start)
    reader = Reader(page, computer, writes)
    assert follow(reader).startswith("21 steps, all verified (")
    return reader.equivalents


@pytest.fixture(scope="module")
def recorded(
    tmp_path_factory: pytest.TempPathFactory, ports: Ports, browser: Browser
) -> Path:
    """The small course with its pictures and recordings, made as for the real one."""
    root = tmp_path_factory.mktemp("recorded") / "course"
    shutil.copytree(TINY_COURSE, root)
    conf = root / "docs" / "conf.py"
    places = [str(ROOT), str(ROOT / "docs" / "_ext")]
    conf.write_text(f"import sys\nsys.path[:0] = {places}\n{conf.read_text()}")
    for name in "requirements.txt", "requirements.in":
        shutil.copy(ROOT / name, root)
    computer = Computer(root.with_name("mychat"), ports, browser)
    build_tiny(root)
    follow_tiny(root, computer, writes=True)
    computer.close()
    build_tiny(root)
    return root


def test_the_unbroken_course_is_verified(recorded: Path, computer: Computer) -> None:
    [equivalent] = follow_tiny(recorded, computer)

    place, _, said = equivalent.partition(": ")
    assert place.startswith(f"{PAGE}:")
    assert said == (
        "'keep-this-machine --off' was not run but 'true': It would end the tests."
    )


def test_pictures_and_recordings_are_the_same_each_time(
    recorded: Path, computer: Computer
) -> None:
    before = files_of(recorded / "docs")

    follow_tiny(recorded, computer, writes=True)

    assert {"_static/screenshots/tiny.png", "recordings/tiny.json"} < before.keys()
    assert files_of(recorded / "docs") == before
    # A PNG has its size there: two pages, each as a whole, and a little between them.
    size = before["_static/screenshots/tiny-dark.png"][16:24]
    width, height = divmod(int.from_bytes(size), 2**32)
    assert width == 400 + 12 + 400
    assert height > 20


@pytest.mark.parametrize(
    ("file", "changes", "place", "said"),
    [
        (
            "checkpoints/one/index.html",
            {"<h1>old": "<h1>older"},
            ".. edit:: index.html",
            "edit: these lines, which are to be changed, are not in the reader's index",
        ),
        (
            PAGE,
            {"   3 letters\n": "   4 letters\n"},
            "   4 letters",
            "output: the output is not what the page shows\n",
        ),
        (
            "checkpoints/one/manage.py",
            {"port = ": "assert '--noreload' not in sys.argv\nport = "},
            ".. pause-here::",
            "pause-here: what line ",
        ),
        (
            PAGE,
            {".. stop::\n": "", "   :exits: 3\n": "   :exits: 3\n   :terminal: 2\n"},
            ".. end-here::",
            "the chapter's end: a server in terminal 1 is never stopped",
        ),
        (
            PAGE,
            {"   tiny\n": "   tinier\n"},
            "   tinier",
            "console-log: the snippet does not log what the page shows\n",
        ),
        (
            WORDS,
            {'"new"': '"news"'},
            ".. screenshot:: tiny\n",
            "screenshot: the page has changed, the picture has not: ",
        ),
    ],
    ids=["file", "output", "pause", "server", "log", "picture"],
)
def test_a_broken_course_is_not(
    recorded: Path,
    tmp_path: Path,
    computer: Computer,
    file: str,
    changes: dict[str, str],
    place: str,
    said: str,
) -> None:
    root = tmp_path / "course"
    shutil.copytree(recorded, root)
    text = (root / file).read_text()
    for old, new in changes.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    (root / file).write_text(text)
    if file == PAGE:
        build_tiny(root)

    with pytest.raises(Failure) as raised:
        follow_tiny(root, computer)

    source, line, complaint = str(raised.value).split(":", 2)
    page = (root / PAGE).read_text()
    assert source == PAGE
    # A step is named by its first line, and what is wrong may be some lines below.
    assert 0 <= page[: page.index(place)].count("\n") + 1 - int(line) <= 6
    assert complaint.strip().startswith(said)
