"""Signs of life of the workers."""

from django.db.models import Q
from django.db.models.functions import Now

from system.jobs import lease
from system.models import Heartbeat, Job, State


def beat() -> None:
    """Say that a worker runs, unless one has said so a moment ago."""
    late = Now() + lease() * 0.75
    if Heartbeat.objects.filter(alive_until__gt=late).exists():
        return
    Heartbeat.objects.update_or_create(pk=1, defaults={"alive_until": Now() + lease()})


# Whether a worker has given a sign of life: by its heart, or by a job.
ALIVE = Q(alive_until__gt=Now())


def is_worker_alive() -> bool:
    """Whether there is a worker that works, or waits for work."""
    return (
        Heartbeat.objects.filter(ALIVE).exists()
        or Job.objects.filter(ALIVE, state=State.RUNNING).exists()
    )
