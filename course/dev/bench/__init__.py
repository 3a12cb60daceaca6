"""`tutorial.py bench`: how fast the chat is at its last three checkpoints.

What makes the load, and counts what comes of it, is the finished project's own.
"""

import sys

from course.chapters import FINAL, folder_of
from course.source import require_finished_project

FINISHED = folder_of(FINAL)
sys.path.append(str(FINISHED))


def bench() -> int:
    """Measure everything, save it for the chapter and return 0 if nothing is missed.

    Raises TutorialError if the finished project is not in its folder, or a server does
    not start or does not let all clients in.
    """
    require_finished_project()
    from course.dev.bench.measure import measure_all
    from course.dev.bench.report import report

    return report(measure_all())
