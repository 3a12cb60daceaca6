"""Every message between the clients and the server.

Times are the server's, in UTC. What a name may be is in names.py.
"""

from datetime import UTC, datetime
from typing import Annotated, Literal

from chanx.messages.base import BaseMessage
from pydantic import AfterValidator, BaseModel, Field, StringConstraints
from pydantic_core import PydanticCustomError

from chat.names import MAX_USERNAME_LENGTH, fault_in

MAX_TEXT_LENGTH = 4096
MAX_ID_LENGTH = 64


def require_name(name: str) -> str:
    """The name. Raises an error for Pydantic if it can't be one."""
    if fault := fault_in(name):
        raise PydanticCustomError("name", "{fault}", {"fault": fault})
    return name


Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT_LENGTH)]
Name = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=MAX_USERNAME_LENGTH
    ),
    AfterValidator(require_name),
]
# Made by a client, so that it can send a message again after an outage, and whoever has
# heard it already can tell.
MessageId = Annotated[str, StringConstraints(min_length=1, max_length=MAX_ID_LENGTH)]


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


class ChatMessagePayload(BaseModel):
    """What was said, by whom, and when the server heard it."""

    message: Text
    name: Name
    sent_at: datetime | None = None
    id: MessageId | None = None


class NewChatMessage(BaseMessage):
    """Something that was said. The server sets sent_at, and name if it knows better."""

    action: Literal["new_chat_message"] = "new_chat_message"
    payload: ChatMessagePayload


class DiceRolledPayload(BaseModel):
    """Who rolled which dice, what each shows, their sum, and when."""

    name: Name
    dice: str
    rolls: list[int]
    total: int
    sent_at: datetime = Field(default_factory=now)
    id: MessageId | None = None


class DiceRolled(BaseMessage):
    """Somebody has rolled dice, for example 2d6, with /roll 2d6."""

    action: Literal["dice_rolled"] = "dice_rolled"
    payload: DiceRolledPayload


class AnnouncementPayload(BaseModel):
    """What is announced, and when."""

    message: Text
    sent_at: datetime = Field(default_factory=now)


class Announcement(BaseMessage):
    """Something the people who run the chat have to say."""

    action: Literal["announcement"] = "announcement"
    payload: AnnouncementPayload
