"""What the page is told of a job."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.urls import reverse

from chat import history
from system import heartbeat
from system.messages import (
    JobFailed,
    JobFailedPayload,
    JobProgress,
    JobProgressPayload,
    JobQueued,
    JobQueuedPayload,
    JobResult,
    JobResultPayload,
)
from system.models import Job, State

JobNews = JobQueued | JobProgress | JobResult | JobFailed

NO_WORKER = "No worker runs. Start one: python manage.py work"
MAX_SHOWN = 20
ITS_TURN = "It waits for its turn."

# A thread for jobs. Neither the chat nor the watcher of rights has to wait for them.
in_thread = partial(history.in_thread, executor=ThreadPoolExecutor(1))


def news_of(owner: str) -> list[JobNews]:
    """A message about each of the owner's last jobs, the oldest first."""
    mine = Job.objects.filter(owner=owner).annotate(is_held=heartbeat.ALIVE)
    newest = list(mine.order_by("-created_at")[:MAX_SHOWN])
    # After them: so a job whose worker has just died does not wait for its turn.
    waits_for = ITS_TURN if heartbeat.is_worker_alive() else NO_WORKER
    return [message_about(job, job.is_held, waits_for) for job in reversed(newest)]


def message_about(job: Job, is_held: bool, waits_for: str) -> JobNews:
    """How far it is."""
    if job.state == State.DONE:
        url = reverse("result", args=[job.pk])
        return JobResult(payload=JobResultPayload(**about(job), url=url))
    if job.state == State.FAILED:
        return JobFailed(payload=JobFailedPayload(**about(job), detail=job.detail))
    if job.state == State.RUNNING and is_held:
        running = JobProgressPayload(**about(job), percent=job.percent)
        return JobProgress(payload=running)
    return queued(job, waits_for)


def queued(job: Job, waits_for: str) -> JobQueued:
    """It waits: for its turn, for a worker, or for another than the one that died."""
    return JobQueued(payload=JobQueuedPayload(**about(job), waits_for=waits_for))


def about(job: Job) -> dict[str, Any]:
    """Which job it is."""
    return {
        "id": job.pk,
        "task_type": job.task_type,
        "content": job.content,
        "title": job.title,
    }
