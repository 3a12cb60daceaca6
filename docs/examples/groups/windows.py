"""All windows of a user: told together, and closed when the user logs out."""

from typing import Any

from asgiref.sync import async_to_sync
from channels.auth import AuthMiddlewareStack
from channels.layers import get_channel_layer
from django.contrib.auth.decorators import login_required
from django.contrib.auth.signals import user_logged_out
from django.contrib.auth.views import LogoutView
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.urls import path
from groups.membership import GroupConsumer

CLOSE_LOG_IN = 4401


class WindowsConsumer(GroupConsumer):
    async def connect(self) -> None:
        user: Any = self.scope["user"]
        await self.accept()
        if not user.is_authenticated:
            await self.close(CLOSE_LOG_IN)
        else:
            await self.join(f"user.{user.pk}")

    async def user_told(self, event: dict[str, Any]) -> None:
        if self.joined:
            await self.send(event["text"])

    async def user_gone(self, event: dict[str, Any]) -> None:
        await self.leave_all()
        await self.close(CLOSE_LOG_IN)


def send_to_user(user: Any, event: dict[str, Any]) -> None:
    """Send an event to each connection of a user."""
    layer = get_channel_layer()
    assert layer, "CHANNEL_LAYERS has no default."
    async_to_sync(layer.group_send)(f"user.{user.pk}", event)


@receiver(user_logged_out)
def close_windows(user: Any, **kwargs: Any) -> None:
    # Whoever logs out without having logged in is None.
    if user:
        send_to_user(user, {"type": "user.gone"})


@login_required
def tell_me(request: HttpRequest) -> HttpResponse:
    text = f"Here is news for {request.user}."
    send_to_user(request.user, {"type": "user.told", "text": text})
    return HttpResponse("You have been told.\n")


websocket_urlpatterns = [
    path("ws/windows/", AuthMiddlewareStack(WindowsConsumer.as_asgi())),
]
urlpatterns = [
    path("tell-me/", tell_me),
    path("log-out/", LogoutView.as_view(next_page="/")),
]
