import asyncio
import logging
from contextlib import suppress
from uuid import UUID

from chanx.core.decorators import channel, event_handler, ws_handler
from chanx.messages.base import BaseMessage
from chanx.messages.incoming import PingMessage
from chanx.messages.outgoing import PongMessage
from django.db import Error

from chat import database
from system import jobs
from system.consumers.owned import OwnedConsumer
from system.jobs import JobError
from system.messages import (
    CancelJob,
    JobFailed,
    JobProgress,
    JobQueued,
    JobResult,
    SystemMessage,
    SystemNotification,
)
from system.news import JobNews, in_thread, news_of, queued
from system.owners import group_of

EVERYBODY = "system"
SECONDS_TO_ASK = 0.5

logger = logging.getLogger(__name__)


@channel(description="Long work, and what the people who run the server have to say.")
class SystemConsumer(OwnedConsumer[JobQueued | SystemNotification]):
    """One window in which somebody waits for jobs."""

    groups = [EVERYBODY]
    emits = [JobProgress, JobResult, JobFailed]

    async def post_authentication(self) -> None:
        """Join the owner's windows, and begin to watch the owner's jobs."""
        await super().post_authentication()
        self.told: dict[UUID, JobNews] = {}
        self.in_turn = asyncio.Lock()
        self.is_woken = asyncio.Event()
        if self.owner:
            await self.join_group(group_of(self.owner))
            self.task = asyncio.create_task(self.watch())

    async def watch(self) -> None:
        """Tell what becomes of the jobs. While none is left, wait to be woken."""
        while True:
            self.is_woken.clear()
            try:
                is_over = await self.tell()
            except Error as error:
                logger.error(database.explain(error))
                is_over = False
            with suppress(TimeoutError):
                async with asyncio.timeout(None if is_over else SECONDS_TO_ASK):
                    await self.is_woken.wait()

    async def tell(self) -> bool:
        """Ask the database, and send what is new. Whether every job has ended."""
        async with self.in_turn:
            news = await in_thread(news_of)(self.owner)
            for message in news:
                if self.told.get(message.payload.id) != message:
                    await self.send_message(message)
            self.told = {message.payload.id: message for message in news}
        return not any(isinstance(job, JobQueued | JobProgress) for job in news)

    @ws_handler(summary="Check that the connection is alive")
    async def handle_ping(self, _message: PingMessage) -> PongMessage:
        """Answer."""
        return PongMessage()

    @ws_handler(output_type=JobQueued, summary="Have the history of a room exported")
    async def handle_system_message(self, message: SystemMessage) -> None:
        """Put the job into the queue, and wake all windows of its owner."""
        job = await in_thread(jobs.add)(self.owner, message.payload)
        await self.tell()
        self.is_woken.set()
        await self.broadcast_event(queued(job, ""), group_of(self.owner))

    @event_handler
    async def handle_job_queued(self, _event: JobQueued) -> None:
        """A window of the same owner, perhaps this one, has a job: watch it."""
        self.is_woken.set()

    @ws_handler(output_type=JobFailed, summary="End a job")
    async def handle_cancel_job(self, message: CancelJob) -> None:
        """End a job that waits, or have its worker end it."""
        await in_thread(jobs.cancel)(self.owner, message.payload.id)
        await self.tell()

    @event_handler
    async def handle_system_notification(
        self, event: SystemNotification
    ) -> SystemNotification:
        """Pass it on to the page."""
        return event

    async def handle_message_handler_error(
        self, error: Exception, action: str, message: BaseMessage
    ) -> None:
        """Say why there is no such job, or what else is wrong."""
        if isinstance(error, JobError):
            await self.tell_error(str(error))
        else:
            await super().handle_message_handler_error(error, action, message)
