"""Why a source has to be asynchronous."""

import time
from collections.abc import AsyncGenerator, Callable

from chanx.messages.incoming import PingMessage

from assistants.models import Answer
from assistants.tests.conftest import Connect, Source
from assistants.tests.test_assistants import ask, hear

WORDS = 10
SECONDS_A_WORD = 0.1


async def blocking(question: str, before: list[Answer]) -> AsyncGenerator[str, None]:
    """What a synchronous client does: it waits for a word, and everybody with it."""
    for _ in range(WORDS):
        time.sleep(SECONDS_A_WORD)  # noqa: ASYNC251
        yield "word "


async def test_a_synchronous_stream_stops_everybody(
    connect: Connect, answer_with: Callable[[Source], None]
) -> None:
    answer_with(blocking)
    alice, bob = await connect(), await connect()

    began = time.monotonic()
    await ask(alice)
    await bob.send_message(PingMessage())
    await hear(bob)

    assert time.monotonic() - began >= WORDS * SECONDS_A_WORD
