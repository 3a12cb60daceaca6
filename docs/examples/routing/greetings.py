from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path


class GreetingConsumer(AsyncWebsocketConsumer):
    def __init__(self, greeting: str) -> None:
        super().__init__()
        self.greeting = greeting
        self.count = 0

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        self.count += 1
        await self.send(f"{self.greeting}, {text_data}! ({self.count})")


websocket_urlpatterns = [
    path("ws/english/", GreetingConsumer.as_asgi(greeting="Hello")),
    path("ws/french/", GreetingConsumer.as_asgi(greeting="Bonjour")),
]
