"""A worker for jobs that pauses after each few messages, so that it can be killed."""

import time
from collections.abc import Iterator

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from chat.models import Message, Room  # noqa: E402
from system import export, history  # noqa: E402


def slowly(room: Room) -> Iterator[list[Message]]:
    """The pieces of a room's history."""
    for piece in history.pieces_of(room):
        time.sleep(0.05)
        yield piece


history.PIECE = 10
vars(export)["pieces_of"] = slowly
call_command("work")
