"""Greets whoever says their name."""

from channels.generic.websocket import AsyncWebsocketConsumer

CLOSE_NO_NAME = 4003


class GreetingConsumer(AsyncWebsocketConsumer):
    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        if not text_data:
            await self.close(CLOSE_NO_NAME)
            return
        await self.send(f"Hello, {text_data}!")
