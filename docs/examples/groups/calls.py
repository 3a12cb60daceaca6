"""Calls: groups that somebody begins, that others enter by a code, and that end."""

import asyncio
import os
import secrets
import time
from typing import Any

from django.core.signing import BadSignature, Signer
from django.urls import path
from groups.membership import GroupConsumer

CLOSE_NO_CALL = 4404
CLOSE_OVER = 4410
SECONDS = float(os.environ.get("SECONDS_OF_CALL", "600"))
LONGEST = 1000

signer = Signer(sep=".", salt="call")


def new_code() -> str:
    """A name for a group, which nobody can guess and which says when it ends."""
    return signer.sign(f"{secrets.token_urlsafe(6)}.{time.time() + SECONDS:.2f}")


def end_of(code: str) -> float:
    """When the call ends. Raises BadSignature if there was never such a call."""
    return float(signer.unsign(code).partition(".")[2])


class CallConsumer(GroupConsumer):
    timer: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        self.code = self.scope["url_route"]["kwargs"].get("code") or new_code()
        await self.accept()
        try:
            seconds = end_of(self.code) - time.time()
        except BadSignature:
            await self.close(CLOSE_NO_CALL)
            return
        self.timer = asyncio.create_task(self.hang_up(seconds))
        if seconds > 0:
            await self.join(self.code)
            await self.send(self.code)

    async def hang_up(self, seconds: float) -> None:
        """Leave when the call is over, and say so."""
        await asyncio.sleep(seconds)
        await self.leave_all()
        await self.close(CLOSE_OVER)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        if text_data and self.joined:
            event = {"type": "call.said", "text": text_data[:LONGEST]}
            await self.channel_layer.group_send(self.code, event)

    async def call_said(self, event: dict[str, Any]) -> None:
        if self.joined:
            await self.send(event["text"])

    async def clean_up(self) -> None:
        if self.timer:
            self.timer.cancel()
        await super().clean_up()


websocket_urlpatterns = [
    path("ws/calls/", CallConsumer.as_asgi()),
    path("ws/calls/<str:code>/", CallConsumer.as_asgi()),
]
