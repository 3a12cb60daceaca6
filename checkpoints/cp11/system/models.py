import uuid

from django.db import models
from django.utils.timezone import now

from chat.rooms import MAX_ROOM_LENGTH


class State(models.TextChoices):
    """What a job may be."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(models.Model):
    """Work that somebody wants done, and what has become of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.CharField(max_length=40, db_index=True)
    task_type = models.CharField(max_length=20)
    content = models.CharField(max_length=MAX_ROOM_LENGTH)
    # What people call the room.
    title = models.CharField(max_length=MAX_ROOM_LENGTH)
    created_at = models.DateTimeField(default=now)
    state = models.CharField(
        max_length=10, choices=State, default=State.QUEUED, db_index=True
    )
    percent = models.PositiveSmallIntegerField(default=0)
    is_cancelled = models.BooleanField(default=False)
    # Why it failed, in a sentence.
    detail = models.CharField(max_length=200)
    # So often was it begun, and so often its worker was gone before the end.
    attempt = models.PositiveSmallIntegerField(default=0)
    deaths = models.PositiveSmallIntegerField(default=0)
    # Up to this time its worker has it for itself.
    alive_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """What is to be done."""
        return f"{self.task_type} of {self.title}"


class Heartbeat(models.Model):
    """The one row in which the workers that have nothing to do say that they run."""

    alive_until = models.DateTimeField()

    def __str__(self) -> str:
        """How long it counts."""
        return f"alive until {self.alive_until}"
