"""Two ways to leave a group, and a page that shows who is still in there."""

from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from django.http import HttpRequest, JsonResponse
from django.urls import path
from groups.membership import GroupConsumer


class Ending(AsyncWebsocketConsumer):
    """Ends as it is told to."""

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        if text_data == "close":
            await self.close()
        else:
            raise RuntimeError("There is a mistake in the consumer.")


class ListedConsumer(Ending):
    groups = ["listed"]


class CarefulConsumer(Ending, GroupConsumer):
    async def connect(self) -> None:
        await self.join("careful")
        await self.accept()


def show_groups(request: HttpRequest) -> JsonResponse:
    """How many channels there are in each group of the in-memory layer."""
    layer: Any = get_channel_layer()
    return JsonResponse(
        {name: len(channels) for name, channels in layer.groups.items()}
    )


websocket_urlpatterns = [
    path("ws/listed/", ListedConsumer.as_asgi()),
    path("ws/careful/", CarefulConsumer.as_asgi()),
]
urlpatterns = [
    path("groups/", show_groups),
]
