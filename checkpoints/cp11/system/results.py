"""The files that jobs make."""

import logging
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils.timezone import now

from system.jobs import UNFINISHED
from system.models import Job

KEPT = timedelta(days=1)

logger = logging.getLogger(__name__)


def file_of(job: Job) -> Path:
    """Where the result is. Whoever does the job again replaces it."""
    return Path(settings.RESULTS) / str(job.pk)


def part_of(job: Job, attempt: int) -> Path:
    """What an attempt writes. An earlier one, which is slow, writes another file."""
    return file_of(job).with_suffix(f".{attempt}")


def remove(file: Path) -> bool:
    """Whether the file is gone. Windows keeps one that somebody has open."""
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        logger.warning("A file stays for now: %s", error)
        return False
    return True


def forget_old() -> None:
    """Delete what was asked for long ago, with its file."""
    old = Job.objects.filter(created_at__lt=now() - KEPT)
    for job in old.exclude(state__in=UNFINISHED):
        if remove(file_of(job)):
            job.delete()
