"""Every message between the page of jobs and the server."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from chanx.messages.base import BaseMessage
from pydantic import BaseModel, Field, StringConstraints

from chat.messages import MAX_TEXT_LENGTH, now
from chat.rooms import MAX_ROOM_LENGTH

TaskType = Literal["export", "statistics"]


class TaskPayload(BaseModel):
    """What is to be done, and with which room."""

    task_type: TaskType
    content: Annotated[str, StringConstraints(min_length=1, max_length=MAX_ROOM_LENGTH)]


class SystemMessage(BaseMessage):
    """Asks for a job."""

    action: Literal["system_message"] = "system_message"
    payload: TaskPayload


class JobPayload(BaseModel):
    """Which job it is about, and what people call its room."""

    id: UUID
    task_type: str
    content: str
    title: str


class JobQueuedPayload(JobPayload):
    """What it waits for, in a sentence."""

    waits_for: str


class JobQueued(BaseMessage):
    """The job waits for a worker."""

    action: Literal["job_queued"] = "job_queued"
    payload: JobQueuedPayload


class JobProgressPayload(JobPayload):
    """How much of it is done."""

    percent: int


class JobProgress(BaseMessage):
    """A worker works on the job."""

    action: Literal["job_progress"] = "job_progress"
    payload: JobProgressPayload


class JobResultPayload(JobPayload):
    """Where its owner can download the result."""

    url: str


class JobResult(BaseMessage):
    """The job is done."""

    action: Literal["job_result"] = "job_result"
    payload: JobResultPayload


class JobFailedPayload(JobPayload):
    """Why there is no result, in a sentence."""

    detail: str


class JobFailed(BaseMessage):
    """The job has ended without a result, also because it was cancelled."""

    action: Literal["job_failed"] = "job_failed"
    payload: JobFailedPayload


class CancelPayload(BaseModel):
    """Which job."""

    id: UUID


class CancelJob(BaseMessage):
    """Asks that a job be ended."""

    action: Literal["cancel_job"] = "cancel_job"
    payload: CancelPayload


class NotificationPayload(BaseModel):
    """What is said, and when."""

    message: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=1, max_length=MAX_TEXT_LENGTH
        ),
    ]
    sent_at: datetime = Field(default_factory=now)


class SystemNotification(BaseMessage):
    """Something that the people who run the server have to say, or a job."""

    action: Literal["system_notification"] = "system_notification"
    payload: NotificationPayload
