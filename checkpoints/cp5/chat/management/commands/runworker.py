import asyncio
import logging
from typing import Any

from channels.management.commands import runworker
from channels.worker import Worker
from django.conf import settings
from django.core.management import CommandError, CommandParser
from redis.exceptions import RedisError

logger = logging.getLogger("chat.workers")


class PatientWorker(Worker):
    """A worker that waits for Redis to come back, where Channels' own one stops."""

    async def listener(self, channel: str) -> None:
        while True:
            try:
                await super().listener(channel)
            except RedisError as error:
                logger.error("Redis does not answer, trying again: %s", error)
                await asyncio.sleep(1)


class Command(runworker.Command):
    worker_class = PatientWorker

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(layer="tasks")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.REDIS_URL:
            raise CommandError(
                "A worker gets its tasks over Redis. Set REDIS_URL,"
                " for example to redis://localhost:6379, and start it again."
            )
        super().handle(*args, **options)
