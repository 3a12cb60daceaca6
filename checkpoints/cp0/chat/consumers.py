from channels.generic.websocket import AsyncWebsocketConsumer


class EchoConsumer(AsyncWebsocketConsumer):
    """Sends every frame back to the client that sent it."""

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        """Answer a frame: one of the two is not None."""
        await self.send(text_data=text_data, bytes_data=bytes_data)
