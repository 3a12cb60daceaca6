"""Asks again who a user is, for as long as the connection lasts."""

import asyncio
import os
from importlib import import_module
from typing import Any

from channels.auth import AuthMiddlewareStack, get_user
from django.conf import settings
from django.urls import path
from scope.members import CLOSE_LOG_IN, MembersConsumer

CHECK_SECONDS = float(os.environ.get("CHECK_SECONDS", "60"))
SessionStore = import_module(settings.SESSION_ENGINE).SessionStore


class LastingConsumer(MembersConsumer):
    async def connect(self) -> None:
        await super().connect()
        self.watching: asyncio.Task[None] | None = None
        user: Any = self.scope["user"]
        if user.is_authenticated:
            self.watching = asyncio.create_task(self.watch_login())

    async def disconnect(self, code: int) -> None:
        if self.watching:
            self.watching.cancel()

    async def watch_login(self) -> None:
        is_logged_in = True
        while is_logged_in:
            await asyncio.sleep(CHECK_SECONDS)
            is_logged_in = await self.is_still_logged_in()
        await self.close(CLOSE_LOG_IN)

    async def is_still_logged_in(self) -> bool:
        # The one in the scope was read at the handshake, and is not read again.
        session = SessionStore(self.scope["session"].session_key)
        user = await get_user({**self.scope, "session": session})
        return bool(user.is_authenticated)


websocket_urlpatterns = [
    path("ws/lasting/", AuthMiddlewareStack(LastingConsumer.as_asgi())),
    path("ws/members/", AuthMiddlewareStack(MembersConsumer.as_asgi())),
]
