"""Signs of life of the workers."""

from django.db.models import Q
from django.utils.timezone import now

from system.jobs import lease
from system.models import Heartbeat, Job, State


def beat() -> None:
    """Say that a worker runs, unless one has said so a moment ago."""
    late = now() + lease() * 0.75
    if Heartbeat.objects.filter(alive_until__gt=late).exists():
        return
    Heartbeat.objects.update_or_create(pk=1, defaults={"alive_until": now() + lease()})


def is_worker_alive() -> bool:
    """Whether a worker has given a sign of life: by its heart, or by a job."""
    alive = Q(alive_until__gt=now())
    return (
        Heartbeat.objects.filter(alive).exists()
        or Job.objects.filter(alive, state=State.RUNNING).exists()
    )


def is_held(job: Job) -> bool:
    """Whether a worker has the job, and has given a sign of life since."""
    return job.alive_until is not None and job.alive_until > now()
