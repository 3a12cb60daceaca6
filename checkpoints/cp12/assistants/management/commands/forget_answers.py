from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import Error

from assistants.models import WRITING, Answer
from chat.database import explain
from chat.management.commands.forget import age
from chat.messages import now


class Command(BaseCommand):
    """`manage.py forget_answers`: delete what was asked long ago."""

    help = "Delete the assistant's questions and answers that are older than an age."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the age in `--older-than`."""
        parser.add_argument(
            "--older-than", type=age, required=True, help="For example 30d, 12h or 5m."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete them. Raises CommandError if the database fails, and says why."""
        old = Answer.objects.filter(alive_at__lt=now() - options["older_than"])
        try:
            deleted = old.exclude(state=WRITING).delete()[1]
        except Error as error:
            raise CommandError(explain(error)) from None
        self.stdout.write(f"Deleted {deleted.get(Answer._meta.label, 0)} answers.")
