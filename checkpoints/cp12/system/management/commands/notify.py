from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import Error
from pydantic import ValidationError
from redis.exceptions import RedisError

from chat import database
from chat.outage import explain, refuse_bad_address
from system.notifications import groups_for, notify


class Command(BaseCommand):
    """`manage.py notify`: tell something to the pages of jobs."""

    help = "Tell something to one user, to a private room's members, or to all."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the message, and who is to hear it."""
        parser.add_argument("message")
        who = parser.add_mutually_exclusive_group()
        who.add_argument("--user", default="", help="The name of an account.")
        who.add_argument("--room", default="", help="A private room: its members.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell it. Raises CommandError if it can't be sent, and says why."""
        if not settings.REDIS_URL:
            raise CommandError(
                "The servers are other processes, and hear this one over Redis only."
                " Set REDIS_URL here and for them."
            )
        try:
            refuse_bad_address()
            notify(options["message"], groups_for(options["user"], options["room"]))
        except ValidationError as error:
            raise CommandError(error.errors()[0]["msg"]) from None
        except ValueError as error:
            raise CommandError(str(error)) from None
        except RedisError as error:
            raise CommandError(explain(error)) from None
        except Error as error:
            raise CommandError(database.explain(error)) from None
        self.stdout.write("Sent.")
