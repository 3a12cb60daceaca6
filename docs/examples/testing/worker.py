"""Consumers that are for no WebSocket: a worker, and one that answers a page."""

from typing import Any

from channels.consumer import AsyncConsumer
from channels.generic.http import AsyncHttpConsumer
from channels.layers import get_channel_layer

MAX_LENGTH = 10_000


class WordsConsumer(AsyncConsumer):
    """Counts the words of a text, and tells the channel that has asked."""

    async def count_words(self, event: dict[str, Any]) -> None:
        answer = {"type": "words.counted", "words": len(event["text"].split())}
        await get_channel_layer().send(event["reply_to"], answer)


class WordsPageConsumer(AsyncHttpConsumer):
    """Answers a request with the number of words in its body."""

    async def handle(self, body: bytes) -> None:
        if len(body) > MAX_LENGTH:
            await self.send_response(413, b"Send at most 10,000 bytes.")
        else:
            await self.send_response(200, str(len(body.split())).encode())
