"""What was said, in the database.

A room's row is its lock. Who has it gives the next number, and commits before anybody
else can: so the numbers have no gap, and their order is that of the commits.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from channels.db import database_sync_to_async
from django.db import IntegrityError, connection, transaction

from chat.messages import (
    ChatMessagePayload,
    GetHistoryPayload,
    HistoryPayload,
    StoredMessage,
    now,
)
from chat.models import Message, Room

# Of long messages, an answer has fewer: many clients take no frame above a megabyte.
MAX_CHARACTERS = 65_536

# Makes a coroutine of a function here. Channels has a thread for that, too, but asks it
# before every event: while the database makes us wait there, nobody could even type.
in_thread = partial(
    database_sync_to_async, thread_sensitive=False, executor=ThreadPoolExecutor(1)
)


def key_of(room_name: str) -> int:
    """The key of a room, which is made if nobody has said anything in it yet."""
    return Room.objects.get_or_create(name=room_name)[0].pk


def find(room_name: str) -> int | None:
    """The key of a room. None if it is not made: by asking alone, nobody makes one."""
    return Room.objects.filter(name=room_name).values_list("pk", flat=True).first()


def store(key: int, payload: ChatMessagePayload) -> tuple[StoredMessage, bool]:
    """Store a message, once for each author and id; and whether it is a new one.

    Raises Room.DoesNotExist if the room was deleted.
    """
    try:
        with transaction.atomic():
            message = Message.objects.create(
                room_id=key,
                seq=next_number(key),
                name=payload.name,
                client_id=payload.id or "",
                message=payload.message,
                sent_at=now(),
            )
    except IntegrityError:
        # A constraint refused it, and with it went the new number.
        same = Message.objects.filter(room=key, name=payload.name, client_id=payload.id)
        # Said once more, it lets SQLite use the constraint's index.
        for known in same.exclude(client_id=""):
            return stored(known), False
        raise
    return stored(message), True


def next_number(key: int) -> int:
    """The next number of a room. Whoever wants the one after it waits for our commit.

    Raises Room.DoesNotExist if the room was deleted.
    """
    # In SQL: for these two, Django would work longer than the database.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE chat_room SET newest = newest + 1 WHERE id = %s", [key])
        cursor.execute("SELECT newest FROM chat_room WHERE id = %s", [key])
        row = cursor.fetchone()
    if row is None:
        raise Room.DoesNotExist
    return int(row[0])


def get(key: int | None, asked: GetHistoryPayload) -> tuple[HistoryPayload, str]:
    """The messages that are asked for; and in a sentence what of them was deleted.

    Raises Room.DoesNotExist if the room was deleted, ValueError for a number that it
    has not come to.
    """
    room = Room() if key is None else Room.objects.get(pk=key)
    if asked.after is not None and asked.after > room.newest:
        raise ValueError(
            f"There is no message {asked.after} yet: the newest is {room.newest}."
        )
    messages = Message.objects.filter(room=key, seq__lte=room.newest).order_by("-seq")
    if asked.after is not None:
        messages = messages.filter(seq__gt=asked.after).order_by("seq")
    if asked.before is not None:
        messages = messages.filter(seq__lt=asked.before)
    page: list[StoredMessage] = []
    more = False
    characters = 0
    for message in messages[: asked.limit + 1]:
        characters += len(message.message)
        more = len(page) == asked.limit or (bool(page) and characters > MAX_CHARACTERS)
        if more:
            break
        page.append(stored(message))
    page.sort(key=lambda message: message.seq)
    answer = HistoryPayload(messages=page, more=more, newest=room.newest)
    return answer, deleted_in(answer, asked)


def deleted_in(answer: HistoryPayload, asked: GetHistoryPayload) -> str:
    """What was asked for and no longer exists, in a sentence; empty if nothing."""
    first = answer.messages[0].seq if answer.messages else answer.newest + 1
    if asked.after is not None and asked.after + 1 < first:
        return f"Messages {asked.after + 1} to {first - 1} were deleted."
    if asked.before is not None and asked.before > 1 and not answer.messages:
        return f"The messages before {asked.before} were deleted."
    return ""


def stored(message: Message) -> StoredMessage:
    """What clients see of a message."""
    return StoredMessage(
        seq=message.seq,
        id=message.client_id or None,
        name=message.name,
        message=message.message,
        sent_at=message.sent_at,
    )
