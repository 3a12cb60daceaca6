"""The tasks that write answers. They belong to the server, not to a connection."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import Error
from django.utils.module_loading import import_string
from redis.exceptions import RedisError

from assistants import answers
from assistants.answers import BrokenOff, in_thread
from assistants.models import BROKEN, COMPLETE
from chat import database

# Of any answer, so much; of all answers, so many at a time in one server, and half as
# many for one address. A class may share one.
MAX_CHARACTERS = 16_000
MAX_SECONDS = 120
MAX_RUNNING = 100
# What comes within so many seconds is one piece.
SECONDS_A_PIECE = 0.1
SECONDS_A_SIGN = 1

logger = logging.getLogger(__name__)

# The tasks by the ids of their answers. Each has the name of its address.
running: dict[int, asyncio.Task[None]] = {}
# Makes an answer, word by word, of a question and the conversation before it.
answer_to = import_string(settings.ASSISTANT)


def is_full_for(address: str) -> bool:
    """Whether no other answer can be written now, or none for that address."""
    theirs = [task for task in running.values() if task.get_name() == address]
    return len(running) >= MAX_RUNNING or 2 * len(theirs) >= MAX_RUNNING


def start(answer_id: int, source: AsyncGenerator[str, None], address: str) -> None:
    """Write an answer from now on, whoever comes and goes."""
    task = asyncio.create_task(write(answer_id, source), name=address)
    running[answer_id] = task
    task.add_done_callback(lambda _: running.pop(answer_id, None))


async def write(answer_id: int, source: AsyncGenerator[str, None]) -> None:
    """Store what the source gives, and how it ended; and tell who follows."""
    collected: list[str] = []
    reader = asyncio.create_task(collect(source, collected))
    try:
        if await store(answer_id, reader, collected):
            state, reason = outcome_of(reader)
            await in_thread(answers.end)(answer_id, state, reason)
    except Error as error:
        logger.error(database.explain(error))
        # It may be better by now. Else, whoever follows misses the sign of life.
        with suppress(Error):
            await in_thread(answers.end)(answer_id, BROKEN, database.TRY_AGAIN)
    finally:
        reader.cancel()
    await tell(answer_id)


async def store(
    answer_id: int, reader: asyncio.Task[None], collected: list[str]
) -> bool:
    """Store in pieces what is collected, up to the end. False if it was stopped."""
    index, last = 0, 0.0
    is_read = False
    while not is_read:
        await asyncio.wait({reader}, timeout=SECONDS_A_PIECE)
        is_read = reader.done()
        text = "".join(collected)
        collected.clear()
        time = asyncio.get_running_loop().time()
        if text or time > last + SECONDS_A_SIGN:
            last = time
            index += bool(text)
            if not await in_thread(answers.add)(answer_id, index, text):
                return False
            await tell(answer_id)
    return True


async def collect(source: AsyncGenerator[str, None], collected: list[str]) -> None:
    """Take what the source gives, up to what an answer may have. Raises BrokenOff."""
    length = 0
    try:
        async with asyncio.timeout(MAX_SECONDS), aclosing(source):
            async for text in source:
                collected.append(text[: MAX_CHARACTERS - length])
                length += len(text)
                if length > MAX_CHARACTERS:
                    raise BrokenOff(f"Cut after {MAX_CHARACTERS:,} characters.")
    except TimeoutError:
        raise BrokenOff(f"Cut after {MAX_SECONDS} s.") from None
    if not length:
        raise BrokenOff("The answer is empty. Ask again.")


def outcome_of(reader: asyncio.Task[None]) -> tuple[str, str]:
    """How an answer ended, and why."""
    error = reader.exception()
    if error is None:
        return COMPLETE, ""
    if isinstance(error, BrokenOff):
        return BROKEN, str(error)
    logger.error("An answer failed.", exc_info=error)
    return BROKEN, "The assistant failed. The server's log says why."


async def tell(answer_id: int) -> None:
    """Tell who follows that there is news. Without Redis, they look by themselves."""
    layer = get_channel_layer()
    assert layer is not None
    try:
        await layer.group_send(group_of(answer_id), {"type": "answer.grown"})
    except RedisError:
        logger.warning("Redis fails: who follows an answer sees it a second later.")


def group_of(answer_id: int) -> str:
    """The group of those who follow an answer."""
    return f"answer.{answer_id}"
