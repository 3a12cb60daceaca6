"""Tells each client the headers of its handshake."""

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.security.websocket import WebsocketDenier
from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path


class HeadersConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self) -> None:
        offered = self.scope["subprotocols"]
        await self.accept(subprotocol="chat.v1" if "chat.v1" in offered else None)
        pairs = self.scope["headers"]
        await self.send_json({name.decode(): value.decode() for name, value in pairs})


def page(request: HttpRequest) -> HttpResponse:
    """A page that gives the browser a cookie which no JavaScript can read."""
    response = HttpResponse('<!doctype html><link rel="icon" href="data:,">')
    response.set_cookie("sessionid", "a secret", httponly=True, samesite="Lax")
    return response


websocket_urlpatterns = [
    path("ws/headers/", HeadersConsumer.as_asgi()),
    re_path("", WebsocketDenier.as_asgi()),
]
urlpatterns = [
    path("", page),
]
