"""What goes wrong with HTML over the socket."""

from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import HttpRequest, HttpResponse
from django.urls import path
from htmx.notifications import page, tell

PLACE = '<ol id="notifications" hx-swap-oob="beforeend">{}</ol>'


class MistakesConsumer(AsyncWebsocketConsumer):
    """Says to each what it has sent, and closes as it is told."""

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        text = text_data or ""
        if text == "raise":
            raise ValueError(text)
        if text.isdecimal():
            await self.close(int(text))
        else:
            # Whoever wrote the text has written a part of the page.
            await self.send(PLACE.format(f"<li>{text}</li>"))


def without_policy(request: HttpRequest) -> HttpResponse:
    response = page(request)
    del response["Content-Security-Policy"]
    return response


def asked_for(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Somebody asked for this.")


urlpatterns = [
    path("", page),
    path("without-policy/", without_policy),
    path("asked-for/", asked_for),
    path("notify/", tell, name="tell"),
]
websocket_urlpatterns = [
    path("ws/notifications/", MistakesConsumer.as_asgi()),
]
