"""Tells which process has the connection, from where it came, and takes a form."""

import os

from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_protect


class WhereConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        host, _ = self.scope["client"] or ("nowhere", 0)
        await self.send(f"process {os.getpid()}, from {host}")


@csrf_protect
def take_form(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"taken over {request.scheme}")


websocket_urlpatterns = [path("ws/where/", WhereConsumer.as_asgi())]
urlpatterns = [path("form/", take_form)]
