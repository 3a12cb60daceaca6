import errno
import logging
import signal
import time
from contextlib import suppress
from typing import Any

from django.core.management import BaseCommand
from django.db import Error, close_old_connections

from chat.database import explain
from chat.models import Room
from system import heartbeat, jobs, results
from system.jobs import JobError, JobStopped
from system.models import Job, State
from system.notifications import tell_members
from system.owners import may_read
from system.tasks import TASKS

MAX_DEATHS = 3
# So often an idle worker looks for a job, and a working one writes how far it is.
SECONDS_TO_LOOK = 0.25
SECONDS_TO_WRITE = 0.1

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """`manage.py work`: do the jobs of the queue, one after the other."""

    help = "Do the jobs that wait in the database, until Ctrl+C."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until it is stopped. While the database fails, try again."""
        # Whoever stops a program in the background does the same as Ctrl+C.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        self.stdout.write("This worker waits for jobs. Stop it with Ctrl+C.")
        while True:
            try:
                if not work_once():
                    time.sleep(SECONDS_TO_LOOK)
            except Error as error:
                logger.error(explain(error))
                close_old_connections()
                time.sleep(1)
            except KeyboardInterrupt:
                return


def work_once() -> bool:
    """Do the next job, if there is one."""
    heartbeat.beat()
    job = jobs.take()
    if job:
        logger.info("begins %s %s, attempt %s", job.task_type, job.pk, job.attempt)
        do(job)
        results.forget_old()
    return job is not None


def do(job: Job) -> None:
    """Do a job up to its end, or hand it back if this worker is told to stop.

    Raises Error if the database fails: after the lease, it is done again.
    """
    try:
        make_result(job)
        if jobs.end(job, State.DONE):
            tell_members(job)
    except JobStopped:
        jobs.end(job, State.FAILED, jobs.CANCELLED)
    except KeyboardInterrupt:
        with suppress(Error):
            jobs.hand_back(job)
        raise
    except Error:
        raise
    except Exception as error:
        logger.exception("The job %s failed.", job.pk)
        jobs.end(job, State.FAILED, sentence_for(error))
    finally:
        # With what earlier workers have left.
        for attempt in range(1, job.attempt + 1):
            results.remove(results.part_of(job, attempt))


def make_result(job: Job) -> None:
    """Write the result. Raises JobStopped, and whatever goes wrong in the work."""
    if job.deaths >= MAX_DEATHS:
        raise JobError(
            f"It was begun {MAX_DEATHS} times, and no worker came to its end."
        )
    if not may_read(job.owner, job.content):
        raise JobError("You are no longer in this room.")
    room = Room.objects.get(name=job.content)
    written_at = 0.0
    part = results.part_of(job, job.attempt)
    part.parent.mkdir(exist_ok=True)
    with part.open("wb") as file:
        for percent in TASKS[job.task_type].work(room, file):
            if time.monotonic() - written_at >= SECONDS_TO_WRITE:
                jobs.go_on(job, percent)
                written_at = time.monotonic()
    jobs.go_on(job, 100)
    part.replace(results.file_of(job))


def sentence_for(error: Exception) -> str:
    """What the owner of a job is told of what went wrong in it."""
    if isinstance(error, JobError):
        return str(error)
    if isinstance(error, Room.DoesNotExist):
        return "The room was deleted before it was done."
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "The disk of the server is full. Tell those who run it."
    return "It went wrong. The log of the worker says why."
