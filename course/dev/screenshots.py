"""`tutorial.py docs --screenshots`: make the pages' pictures and diagrams anew."""

import os
import subprocess
import sys

from course.chapters import ROOT
from course.errors import TutorialError
from course.system_packages import require

# Follows the chapters; with this in the environment, it writes what it would compare.
TESTS = "chapters/test_chapters.py::test_a_chapter"
WRITES = "COURSE_RECORDS"


def take_screenshots() -> None:
    """Follow all chapters, and make their pictures and diagrams anew.

    Raises TutorialError if something on a page is not as the page says.
    """
    require("redis-server")
    require("chromium")
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--numprocesses=auto", TESTS],
        cwd=ROOT / "tests",
        env=os.environ | {WRITES: "1"},
    )
    if finished.returncode:
        raise TutorialError(
            "Not all pictures and diagrams could be made, for the reasons named above."
        )
