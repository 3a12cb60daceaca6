import re
from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import Error
from django.db.models import Min

from chat.database import explain
from chat.messages import now
from chat.models import Room

UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def age(text: str) -> timedelta:
    """An age such as 30d, 12h or 5m. Raises ArgumentTypeError for anything else."""
    match = re.fullmatch(r"([0-9]{1,5})([dhm])", text)
    if not match:
        raise ArgumentTypeError("write an age as 30d, 12h or 5m")
    return timedelta(**{UNITS[match[2]]: int(match[1])})


class Command(BaseCommand):
    """`manage.py forget`: delete what was said long ago."""

    help = "Delete the messages that are older than an age."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the age in `--older-than`."""
        parser.add_argument(
            "--older-than", type=age, required=True, help="For example 30d, 12h or 5m."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete them. Raises CommandError if the database fails, and says why."""
        try:
            number = sum(
                forget(room, options["older_than"]) for room in Room.objects.all()
            )
        except Error as error:
            raise CommandError(explain(error)) from None
        self.stdout.write(f"Deleted {number} messages.")


def forget(room: Room, older_than: timedelta) -> int:
    """Delete the room's first messages, up to one that is not so old. How many."""
    young = room.messages.filter(sent_at__gte=now() - older_than)
    # The room goes on counting: no number is used twice.
    first_kept = young.aggregate(seq=Min("seq"))["seq"] or room.newest + 1
    return room.messages.filter(seq__lt=first_kept).delete()[0]
