"""What goes wrong with HTML over the socket."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from htmx.notifications import NotificationsConsumer, page, tell

PLACE = '<ol id="notifications" hx-swap-oob="beforeend">{}</ol>'


class MistakesConsumer(NotificationsConsumer):
    """Says to each what it has sent, and closes as it is told."""

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **_: Any
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


def without_setting(request: HttpRequest) -> HttpResponse:
    """Closes the connection while nobody sees the page."""
    response = page(request)
    setting = b' hx-config="ws.pauseOnBackground:false"'
    response.content = response.content.replace(setting, b"")
    return response


def deferred(request: HttpRequest) -> HttpResponse:
    """Has scripts for which htmx does not wait."""
    response = page(request)
    response.content = response.content.replace(b"<script", b"<script defer")
    return response


def asked_for(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Somebody asked for this.")


urlpatterns = [
    path("", page),
    path("without-policy/", without_policy),
    path("without-setting/", without_setting),
    path("deferred/", deferred),
    path("asked-for/", asked_for),
    path("notify/", tell, name="tell"),
]
websocket_urlpatterns = [
    path("ws/notifications/", MistakesConsumer.as_asgi()),
]
