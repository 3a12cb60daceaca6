"""`tutorial.py docs --screenshots`: make the pages' pictures and diagrams anew."""

import os
import subprocess
import sys

from course.chapters import ROOT
from course.errors import TutorialError
from course.system_packages import require_browser, require_redis


def take_screenshots() -> None:
    """Follow all chapters, and make their pictures and diagrams anew.

    Raises TutorialError if something on a page is not as the page says.
    """
    require_redis()
    require_browser()
    finished = subprocess.run(
        [sys.executable, "-m", "tests.chapters"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT / "docs" / "_ext")},
    )
    if finished.returncode:
        raise TutorialError(
            "Not all pictures and diagrams could be made, for the reasons named above."
        )
