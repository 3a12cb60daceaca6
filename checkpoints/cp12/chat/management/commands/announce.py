from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from pydantic import ValidationError
from redis.exceptions import RedisError

from chat.consumers.chat_consumer import ChatConsumer
from chat.messages import Announcement, AnnouncementPayload
from chat.outage import explain, refuse_bad_address
from chat.rooms import EVERYBODY, fault_in_room, group_of


class Command(BaseCommand):
    """`manage.py announce`: tell something to everybody, or to one room."""

    help = "Announce something to everybody, or to one room."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the message, and the room in `--room`."""
        parser.add_argument("message")
        parser.add_argument("--room", help="The room to tell it to, instead of all.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Announce it. Raises CommandError if it can't be sent, and says why."""
        if not settings.REDIS_URL:
            raise CommandError(
                "The servers are other processes, and hear this one over Redis only."
                " Set REDIS_URL here and for them."
            )
        room = options["room"]
        if room is not None and (fault := fault_in_room(room)):
            raise CommandError(fault)
        try:
            refuse_bad_address()
            ChatConsumer.broadcast_event_sync(
                Announcement(payload=AnnouncementPayload(message=options["message"])),
                EVERYBODY if room is None else group_of(room),
            )
        except ValidationError as error:
            raise CommandError(error.errors()[0]["msg"]) from None
        except RedisError as error:
            raise CommandError(explain(error)) from None
        self.stdout.write(f"Announced to {room or 'everybody'}.")
