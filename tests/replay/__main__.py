"""`tutorial.py docs --screenshots`: makes the pages' pictures and diagrams anew.

Follows the chapters as the tests do, and writes what they would compare.
"""

import sys
import tempfile
from pathlib import Path

from course.chapters import ROOT, Chapter, load_chapters
from tests.replay.browser import open_browser
from tests.replay.computer import Computer
from tests.replay.failures import Failure
from tests.replay.follow import Follower
from tests.replay.pages import build, load
from tests.replay.ports import Ports


def main(names: list[str]) -> int:
    """Follow the chapters with these pages, or all; return 0 if nothing is wrong."""
    chapters = [c for c in load_chapters() if c.page in names or not names]
    with tempfile.TemporaryDirectory() as temporary:
        built = Path(temporary, "docs")
        try:
            build(ROOT / "docs", built, "--define", "course_records=1")
        except Failure as failure:
            print(failure, file=sys.stderr)
            return 1
        ports = Ports()
        with open_browser(ports) as browser:
            succeeded = []
            for chapter in chapters:
                folder = Path(temporary, chapter.page, "mychat")
                folder.parent.mkdir()
                computer = Computer(folder, ports, browser)
                succeeded.append(write(chapter, built, computer))
    return 0 if all(succeeded) else 1


def write(chapter: Chapter, built: Path, computer: Computer) -> bool:
    """Follow a chapter, write its pictures and diagrams, and tell whether that went."""
    print(f"{chapter.title} ...", flush=True)
    try:
        page = load(ROOT, built, chapter)
        computer.start_at(page.start)
        print(f"  {Follower(page, computer, writes=True).follow()}", flush=True)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return False
    finally:
        computer.close()
        computer.kill_what_is_left()
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
