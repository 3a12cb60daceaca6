"""Every message between the clients and the server.

Times are the server's, in UTC. What a name may be is in names.py.
"""

from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from chanx.messages.base import BaseMessage
from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from chat.names import MAX_USERNAME_LENGTH, fault_in

MAX_TEXT_LENGTH = 4096
MAX_ID_LENGTH = 64
# The largest number that every database keeps, and the most messages of one answer.
MAX_SEQ = 2_147_483_647
MAX_HISTORY = 100


def require_name(name: str) -> str:
    """The name. Raises an error for Pydantic if it can't be one."""
    if fault := fault_in(name):
        raise PydanticCustomError("name", "{fault}", {"fault": fault})
    return name


def require_storable(text: str) -> str:
    """The text. Raises an error for Pydantic if no PostgreSQL could keep it."""
    if "\0" in text:
        raise PydanticCustomError("null", "Leave out the character U+0000.")
    return text


Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_TEXT_LENGTH),
    AfterValidator(require_storable),
]
Name = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=MAX_USERNAME_LENGTH
    ),
    AfterValidator(require_name),
]
# Made by a client, so that it can send a message again after an outage, and whoever has
# heard it already can tell.
MessageId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_ID_LENGTH),
    AfterValidator(require_storable),
]
# The number of a message in its room, from 1 on and without gaps; 0 is before all.
Seq = Annotated[int, Field(strict=True, ge=0, le=MAX_SEQ)]


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


class ChatMessagePayload(BaseModel):
    """What was said, by whom, when it was stored, and its number in the room."""

    message: Text
    name: Name
    sent_at: datetime | None = None
    id: MessageId | None = None
    seq: int | None = None


class NewChatMessage(BaseMessage):
    """Something that was said. The server sets seq, sent_at and, if it can, name."""

    action: Literal["new_chat_message"] = "new_chat_message"
    payload: ChatMessagePayload


class MessageSavedPayload(BaseModel):
    """The id that its sender gave a message, its number, and when it was stored."""

    id: MessageId
    seq: Seq
    sent_at: datetime


class MessageSaved(BaseMessage):
    """The message with that id is stored. Its sender need not send it again."""

    action: Literal["message_saved"] = "message_saved"
    payload: MessageSavedPayload


class GetHistoryPayload(BaseModel):
    """The messages after a number or before one; without either, the newest."""

    after: Seq | None = None
    before: Seq | None = None
    limit: int = Field(MAX_HISTORY, strict=True, ge=1, le=MAX_HISTORY)

    @model_validator(mode="after")
    def require_one_direction(self) -> Self:
        """Return itself. Raises an error for Pydantic if it asks for both."""
        if self.after is not None and self.before is not None:
            raise PydanticCustomError("both", "Ask for after or before, not for both.")
        return self


class GetHistory(BaseMessage):
    """Asks for messages of the room."""

    action: Literal["get_history"] = "get_history"
    payload: GetHistoryPayload


class StoredMessage(BaseModel):
    """A message as it is stored."""

    seq: Seq
    # Without the default, Chanx's generated clients would want an id of each.
    id: MessageId | None = None
    name: Name
    message: Text
    sent_at: datetime


class HistoryPayload(BaseModel):
    """Messages, oldest first; whether there are more; and the room's last number."""

    messages: list[StoredMessage]
    more: bool
    newest: Seq


class History(BaseMessage):
    """The messages that somebody asked for."""

    action: Literal["history"] = "history"
    payload: HistoryPayload


class TypingPayload(BaseModel):
    """Who types, or no longer does."""

    name: Name
    is_typing: bool


class Typing(BaseMessage):
    """Somebody has begun to type, or has stopped."""

    action: Literal["typing"] = "typing"
    payload: TypingPayload


class MemberPayload(BaseModel):
    """Who has come or gone, and when."""

    name: Name
    sent_at: datetime = Field(default_factory=now)


class UserJoined(BaseMessage):
    """Somebody has entered the room."""

    action: Literal["user_joined"] = "user_joined"
    payload: MemberPayload


class UserLeft(BaseMessage):
    """Somebody has left the room, or lost the connection."""

    action: Literal["user_left"] = "user_left"
    payload: MemberPayload


class WhoIsHere(BaseMessage):
    """Asks who is in the room."""

    action: Literal["who_is_here"] = "who_is_here"
    payload: None = None


class MembersPayload(BaseModel):
    """Names, each once, in the order of the alphabet."""

    names: list[Name]


class Members(BaseMessage):
    """Names of people in the room: those of one server. Others send theirs."""

    action: Literal["members"] = "members"
    payload: MembersPayload


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
