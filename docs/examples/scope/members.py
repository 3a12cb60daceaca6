"""A room for everybody who has logged in, and one for the staff."""

from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth.views import LoginView
from django.urls import path

CLOSE_LOG_IN = 4401
CLOSE_NOT_ALLOWED = 4403


class MembersConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        user: Any = self.scope["user"]
        # Accepted first, so that the page learns the code.
        await self.accept()
        if not user.is_authenticated:
            await self.close(CLOSE_LOG_IN)
        elif not self.is_allowed(user):
            await self.close(CLOSE_NOT_ALLOWED)
        else:
            await self.send(f"Welcome, {user.username}.")

    def is_allowed(self, user: Any) -> bool:
        return True

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        user: Any = self.scope["user"]
        await self.send(f"{user.username}: {text_data}")


class StaffConsumer(MembersConsumer):
    def is_allowed(self, user: Any) -> bool:
        return bool(user.is_staff)


websocket_urlpatterns = [
    path("ws/members/", AuthMiddlewareStack(MembersConsumer.as_asgi())),
    path("ws/staff/", AuthMiddlewareStack(StaffConsumer.as_asgi())),
]
urlpatterns = [
    path("", LoginView.as_view(template_name="scope/login.html", next_page="/")),
]
