"""The jobs in the database: a queue that a worker may die in."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from chat.models import Room
from system.messages import TaskPayload
from system.models import Job, State
from system.owners import may_read

UNFINISHED = [State.QUEUED, State.RUNNING]
MAX_UNFINISHED = 5
CANCELLED = "You have cancelled it."


class JobError(ValueError):
    """What can't be done with a job, or in it, in a sentence for its owner."""


class JobStopped(Exception):
    """The job was cancelled, or another worker has it by now."""


def add(owner: str, asked: TaskPayload) -> Job:
    """Put a job into the queue. Raises JobError if its owner may not have it."""
    if not owner:
        raise JobError(
            "Open the page /system/ first: a job belongs to a browser or a user."
        )
    room = Room.objects.filter(name=asked.content).first()
    if room is None or not may_read(owner, room.name):
        raise JobError("You know no room of that name in which something was said.")
    require_at_most(MAX_UNFINISHED - 1, owner)
    title = room.title or room.name
    job = Job.objects.create(owner=owner, title=title, **asked.model_dump())
    try:
        # Others may have been added at the same moment.
        require_at_most(MAX_UNFINISHED, owner)
    except JobError:
        job.delete()
        raise
    return job


def require_at_most(number: int, owner: str) -> None:
    """Raise JobError if more of the owner's jobs have not ended."""
    if Job.objects.filter(owner=owner, state__in=UNFINISHED).count() > number:
        raise JobError(
            f"Wait until one of your {MAX_UNFINISHED} jobs ends, or cancel one."
        )


def lease() -> timedelta:
    """So long a worker may be quiet before another one takes its job.

    It is added to the time of the database: the clocks of computers differ.
    """
    return timedelta(seconds=settings.JOB_LEASE)


def take() -> Job | None:
    """Give this worker the oldest job that waits, or that a dead worker has left."""
    left = Q(state=State.RUNNING, alive_until__lt=Now())
    waiting = Job.objects.filter(Q(state=State.QUEUED) | left).order_by("created_at")
    if not waiting.exists():
        return None
    with transaction.atomic():
        job = waiting.select_for_update(skip_locked=True).first()
        if job:
            if job.state == State.RUNNING:
                job.deaths += 1
            job.state = State.RUNNING
            job.percent = 0
            job.attempt += 1
            job.alive_until = Now() + lease()
            job.save()
    return job


def held(job: Job) -> QuerySet[Job]:
    """The row of the job, unless another worker has it by now."""
    return Job.objects.filter(pk=job.pk, attempt=job.attempt, state=State.RUNNING)


def go_on(job: Job, percent: int) -> None:
    """Write the progress and renew the lease. Raises JobStopped."""
    going = held(job).filter(is_cancelled=False)
    if not going.update(percent=percent, alive_until=Now() + lease()):
        raise JobStopped


def end(job: Job, state: State, detail: str = "") -> bool:
    """End a job, and whether it was still this worker's to end. So it ends once."""
    return held(job).update(state=state, detail=detail) == 1


def hand_back(job: Job) -> None:
    """Let another worker begin it, because this one was told to stop."""
    held(job).update(state=State.QUEUED)


def cancel(owner: str, pk: UUID) -> None:
    """End a job that waits, or have its worker end it. Raises JobError."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(owner=owner, pk=pk).first()
        if job is None:
            raise JobError("You have no such job.")
        if job.state not in UNFINISHED:
            raise JobError("This job has ended already.")
        if job.is_cancelled:
            raise JobError("This job is being cancelled already.")
        job.is_cancelled = True
        if job.state == State.QUEUED:
            job.state, job.detail = State.FAILED, CANCELLED
        job.save()
