"""Does what its path says, for the table of differences."""

from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path

HEADERS = [(b"a", b"b")]


class DifferencesConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        steps: str = self.scope["url_route"]["kwargs"]["steps"]
        for step in steps.split("; "):
            match step:
                case "accept()":
                    await self.accept()
                case "accept(headers=HEADERS)":
                    await self.accept(headers=HEADERS)
                case 'send("")':
                    await self.send("")
                case "close(1008)":
                    await self.close(1008)
                case "close(4003)":
                    await self.close(4003)
                case 'close(4003, "Why")':
                    await self.close(4003, "Why")
                case "raise":
                    raise RuntimeError("There is a mistake in the consumer.")


websocket_urlpatterns = [
    path("ws/<str:steps>/", DifferencesConsumer.as_asgi()),
]
