"""A worker for jobs that takes its time, and rests in the middle of each job.

So it can be killed there. It goes on when there is no file of the name in HOLD.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from chat.models import Room  # noqa: E402
from system import history  # noqa: E402
from system.export import export  # noqa: E402
from system.tasks import TASKS, Task  # noqa: E402


def slowly(room: Room, file: IO[bytes]) -> Iterator[int]:
    """Write the history. The percentage that is done."""
    for percent in export(room, file):
        time.sleep(0.05)
        yield percent
        while percent > 30 and Path(os.environ["HOLD"]).exists():
            time.sleep(0.05)
            yield percent


history.PIECE = 10
TASKS["export"] = Task(slowly, "history.zip")
call_command("work")
