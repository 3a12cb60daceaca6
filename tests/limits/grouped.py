"""The finished project, with one commit for all messages that come while it commits."""

import asyncio
from collections.abc import Callable
from itertools import groupby
from typing import Any

from django.db import transaction

# This one sets up Django, which the others need.
from config.asgi import application as application

# isort: split
from chat import history
from chat.messages import ChatMessagePayload, now
from chat.models import Message, Room

in_thread = history.in_thread
# The room, what is to be stored in it, and who waits for it.
waiting: list[tuple[int, ChatMessagePayload, asyncio.Future[Any]]] = []
committing: asyncio.Task[None] | None = None


async def store(key: int, payload: ChatMessagePayload, _right: None = None) -> Any:
    """Wait until the message is stored, with all that wait at that moment."""
    global committing
    stored = asyncio.get_running_loop().create_future()
    waiting.append((key, payload, stored))
    if committing is None or committing.done():
        committing = asyncio.create_task(commit())
    return await stored


async def commit() -> None:
    """Store what waits, again and again, until nothing does."""
    while waiting:
        batch = sorted(waiting, key=lambda entry: entry[0])
        waiting.clear()
        try:
            found = await in_thread(store_all)([entry[:2] for entry in batch])
        except Exception as error:
            found = [error] * len(batch)
        for (_, _, stored), it in zip(batch, found, strict=True):
            if stored.cancelled():
                continue
            if isinstance(it, Exception):
                stored.set_exception(it)
            else:
                stored.set_result(it)


def store_all(batch: list[tuple[int, ChatMessagePayload]]) -> list[Any]:
    """Store messages of one room after the other. Everybody locks in this order."""
    with transaction.atomic():
        return [
            stored
            for key, entries in groupby(batch, key=lambda entry: entry[0])
            for stored in store_in_room(key, [payload for _, payload in entries])
        ]


def store_in_room(key: int, payloads: list[ChatMessagePayload]) -> list[Any]:
    """Store them with one question to the database, not with one each."""
    room = Room.objects.select_for_update().get(pk=key)
    ids = [payload.id for payload in payloads if payload.id]
    old = room.messages.filter(client_id__in=ids)
    known = {(message.name, message.client_id): message for message in old}
    new: list[Message] = []
    results = []
    for payload in payloads:
        author_and_id = payload.name, payload.id or ""
        message = known.get(author_and_id)
        is_new = message is None
        if message is None:
            room.newest += 1
            message = Message(
                room=room,
                seq=room.newest,
                name=payload.name,
                client_id=payload.id or "",
                message=payload.message,
                sent_at=now(),
            )
            new.append(message)
            if payload.id:
                known[author_and_id] = message
        results.append((history.stored(message), is_new))
    room.save()
    Message.objects.bulk_create(new)
    return results


def in_thread_or_grouped(function: Callable[..., Any]) -> Any:
    return store if function is history.store else in_thread(function)


history.in_thread = in_thread_or_grouped  # type: ignore[assignment]
