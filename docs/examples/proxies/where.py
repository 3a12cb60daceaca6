"""A page and a consumer that say how a client has come to them."""

from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import HttpRequest, HttpResponse
from django.urls import path


class WhereConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        host, _ = self.scope["client"] or ("nowhere", 0)
        await self.send(f"from {host}")


def where(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.build_absolute_uri())


websocket_urlpatterns = [path("ws/where/", WhereConsumer.as_asgi())]
urlpatterns = [path("", where)]
