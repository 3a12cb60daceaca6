"""`tutorial.py bench`: how fast the chat is: to send on what is said, and to store it.

What makes the load, and counts what comes of it, is the finished project's own. What
storing costs, a test measures.
"""

import sys

from course.chapters import FINAL, ROOT, folder_of
from course.source import require_finished_project
from course.suites import Suite
from course.system_packages import require
from course.test import run_suite

FINISHED = folder_of(FINAL)
sys.path.append(str(FINISHED))

STORING = Suite(
    *("storing", ROOT / "tests", "limits/test_history.py"),
    workers=0,
    options=("--write-measured",),
)


def bench() -> int:
    """Measure everything, save it for the pages and return 0 if nothing is missed.

    Raises TutorialError if the finished project is not in its folder, or a server does
    not start or does not let all clients in.
    """
    require_finished_project()
    require("postgresql")
    from course.dev.bench.measure import measure_all
    from course.dev.bench.report import report

    is_missed = report(measure_all())
    has_failed = bool(run_suite(STORING).failed)
    return int(is_missed or has_failed)
