"""The files that jobs make."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils.timezone import now

from system.jobs import UNFINISHED
from system.models import Job

KEPT = timedelta(days=1)


def file_of(job: Job) -> Path:
    """Where the result is. Whoever does the job again replaces it."""
    return Path(settings.RESULTS) / str(job.pk)


def forget_old() -> None:
    """Delete what was asked for long ago, with its file."""
    old = Job.objects.filter(created_at__lt=now() - KEPT)
    for job in old.exclude(state__in=UNFINISHED):
        file_of(job).unlink(missing_ok=True)
        job.delete()
