import asyncio
import logging
from functools import partial
from typing import Any

from channels.management.commands import runworker
from channels.worker import Worker
from django.conf import settings
from django.core.management import CommandError, CommandParser
from redis.exceptions import RedisError

from chat.outage import (
    BAD_ADDRESS,
    WRITE_ADDRESS,
    explain,
    is_bad_address,
    is_hopeless,
)

logger = logging.getLogger("chat.workers")


class PatientWorker(Worker):
    """A worker that takes one task after the other, and waits for Redis to come back.

    Channels' own one takes all the tasks there are before it has done the first, so all
    are lost if it is killed; and it stops when Redis does.
    """

    async def listener(self, channel: str) -> None:
        """Do the tasks of a channel for good, whatever error one of them ends in.

        Raises CommandError if Redis refuses, so that waiting would not help.
        """
        scope = {"type": "channel", "channel": channel}
        take = partial(self.channel_layer.receive, channel)
        send = partial(self.application_send, scope)
        while True:
            try:
                await self.application(scope, take, send)
            except RedisError as error:
                if is_hopeless(error):
                    raise CommandError(explain(error)) from None
                logger.error("%s Trying again.", explain(error))
            except Exception:
                logger.exception("The worker begins anew, after an error:")
            await asyncio.sleep(1)


class Command(runworker.Command):
    """Channels' runworker, with a patient worker and the layer `tasks`."""

    worker_class = PatientWorker

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the layer `tasks`, unless `--layer` names another."""
        super().add_arguments(parser)
        parser.set_defaults(layer="tasks")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until Ctrl-C. Raises CommandError without an address in REDIS_URL."""
        if not settings.REDIS_URL:
            raise CommandError(
                "A worker gets its tasks over Redis. Set REDIS_URL,"
                " for example to redis://localhost:6379, and start it again."
            )
        if is_bad_address():
            raise CommandError(f"{BAD_ADDRESS} {WRITE_ADDRESS}")
        super().handle(*args, **options)
