"""The assistant that needs no key and no network: it quotes this course."""

import asyncio
import re
from collections.abc import AsyncGenerator

from assistants.models import Answer
from assistants.passages import Passage, find

NOTHING = (
    "I found nothing about that in this course, and I know nothing else. Ask in words"
    " that its pages use: how do I reconnect?"
)
MAX_QUOTE = 500
# About as fast as a model writes.
SECONDS_A_WORD = 0.02


async def answer(question: str, before: list[Answer]) -> AsyncGenerator[str, None]:
    """Quote the sections that fit best, word by word."""
    passages = await asyncio.to_thread(find, question)
    if not passages:
        yield NOTHING
    for word in re.findall(r"\s*\S+", "\n\n".join(map(quote, passages))):
        yield word
        await asyncio.sleep(SECONDS_A_WORD)


def quote(passage: Passage) -> str:
    """The begin of a section, and the link to it."""
    text = passage.text
    if len(text) > MAX_QUOTE:
        text = text[:MAX_QUOTE].rpartition(" ")[0] + " …"
    name = passage.page
    if passage.title != passage.page:
        name += f" › {passage.title}"
    return f"[{name}]({passage.address})\n{text}"
