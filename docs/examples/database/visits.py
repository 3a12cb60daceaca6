"""Counts a visitor's connections in Django's session."""

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.sessions import SessionMiddlewareStack
from django.http import HttpRequest, HttpResponse
from django.urls import path


class VisitsConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        session = self.scope["session"]
        visits = await session.aget("visits", 0) + 1
        await session.aset("visits", visits)
        # Nobody saves it for a consumer, as Django does after a view.
        await session.asave()
        await self.accept()
        await self.send(f"Visit {visits}.")


def page(request: HttpRequest) -> HttpResponse:
    """Gives a visitor a session, and shows what is in it."""
    request.session.setdefault("visits", 0)
    return HttpResponse(
        '<!doctype html><link rel="icon" href="data:,">'
        f"<p>{request.session['visits']} visits</p>"
    )


websocket_urlpatterns = [
    path("ws/visits/", SessionMiddlewareStack(VisitsConsumer.as_asgi())),
]
urlpatterns = [
    path("", page),
]
