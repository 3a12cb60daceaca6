"""Every message between the assistant's page and the server."""

from typing import Annotated, Literal

from chanx.messages.base import BaseMessage
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from chat.messages import MAX_SEQ, require_storable

MAX_QUESTION = 2000

Question = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUESTION),
    AfterValidator(require_storable),
]
Number = Annotated[int, Field(strict=True, ge=0, le=MAX_SEQ)]


class AssistantMessage(BaseMessage):
    """A question to the assistant."""

    action: Literal["assistant_message"] = "assistant_message"
    payload: Question


class StreamingPayload(BaseModel):
    """The answer's id, the index of its last piece (0: none yet), and its text."""

    content: str
    id: Number
    index: Number


class StreamingStartMessage(BaseMessage):
    """An answer begins. It has no piece yet."""

    action: Literal["streaming_start"] = "streaming_start"
    payload: StreamingPayload


class StreamingMessage(BaseMessage):
    """A piece of an answer."""

    action: Literal["streaming"] = "streaming"
    payload: StreamingPayload


class CompleteStreamingPayload(StreamingPayload):
    """How an answer ended; the content says why, if there is anything to say.

    The state is complete, stopped or broken; and writing, where it has not ended.
    """

    state: str


class CompleteStreamingMessage(BaseMessage):
    """An answer has ended."""

    action: Literal["complete_streaming"] = "complete_streaming"
    payload: CompleteStreamingPayload


class StopStreamingPayload(BaseModel):
    """The id of an answer."""

    id: Number


class StopStreaming(BaseMessage):
    """Asks that an answer ends where it is."""

    action: Literal["stop_streaming"] = "stop_streaming"
    payload: StopStreamingPayload


class ResumeStreamingPayload(BaseModel):
    """The id of an answer, and the index of the last piece that is known of it."""

    id: Number
    index: Number


class ResumeStreaming(BaseMessage):
    """Asks for the rest of an answer, after an outage."""

    action: Literal["resume_streaming"] = "resume_streaming"
    payload: ResumeStreamingPayload


class GetConversation(BaseMessage):
    """Asks for the last questions and what there is of their answers."""

    action: Literal["get_conversation"] = "get_conversation"
    payload: None = None


class StoredAnswer(CompleteStreamingPayload):
    """An answer as far as it goes, with its question, and why it ended."""

    question: str
    reason: str


class Conversation(BaseMessage):
    """Questions and answers, oldest first."""

    action: Literal["conversation"] = "conversation"
    payload: list[StoredAnswer]
