"""`tutorial.py docs --screenshots`: makes the pages' pictures and diagrams anew.

Follows the chapters as the tests do, and writes what they would compare.
"""

import sys
import tempfile
from pathlib import Path

from course.chapters import ROOT, Chapter, load_chapters
from tests.chapters.browser import open_browser
from tests.chapters.computer import Computer
from tests.chapters.failures import Failure
from tests.chapters.follow import follow
from tests.chapters.pages import build, load_chapter
from tests.chapters.ports import Ports
from tests.chapters.reader import Reader


def main(names: list[str]) -> int:
    """Follow the chapters with these pages, or all; return 0 if nothing is wrong."""
    with tempfile.TemporaryDirectory() as temporary:
        built = Path(temporary, "docs")
        try:
            build(ROOT / "docs", built, "--define", "course_records=1")
        except Failure as failure:
            print(failure, file=sys.stderr)
            return 1
        chapters = [c for c in load_chapters() if c.page in names or not names]
        went_well = [write(chapter, built) for chapter in chapters]
    return 0 if all(went_well) else 1


def write(chapter: Chapter, built: Path) -> bool:
    """Follow a chapter, write its pictures and diagrams, and tell whether that went."""
    print(f"{chapter.title} ...", flush=True)
    ports = Ports()
    with tempfile.TemporaryDirectory() as folder, open_browser(ports) as browser:
        computer = Computer(Path(folder, "mychat"), ports, browser)
        try:
            page = load_chapter(ROOT, built, chapter)
            computer.start_at(page.start)
            print(f"  {follow(Reader(page, computer, writes=True))}", flush=True)
        except Failure as failure:
            print(failure, file=sys.stderr)
            return False
        finally:
            computer.close()
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
