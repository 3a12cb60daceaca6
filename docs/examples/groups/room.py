"""A room in which people come, type, speak and go: /?room=lobby&name=alice"""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from django.urls import path
from django.views.generic import TemplateView
from groups.membership import GroupConsumer

CLOSE_NO_NAME = 4001
CLOSE_NO_ROOM = 4004
LONGEST = 1000
MISTAKE = {
    "type": "error",
    "text": f"Send a message of 1 to {LONGEST} characters, or say that you type.",
}


class RoomConsumer(GroupConsumer):
    async def connect(self) -> None:
        query = parse_qs(self.scope["query_string"].decode())
        self.name = query.get("name", [""])[0].strip()
        room = self.scope["url_route"]["kwargs"]["room"]
        await self.accept()
        if not 1 <= len(self.name) <= 40:
            await self.close(CLOSE_NO_NAME)
        elif len(room) > 80:
            await self.close(CLOSE_NO_ROOM)
        else:
            self.group = f"room.{room}"
            await self.join(self.group)
            await self.tell("join")

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        match read(text_data):
            case {"type": "message", "text": str(text)} if 1 <= len(text) <= LONGEST:
                await self.tell("message", text)
            case {"type": "typing"}:
                await self.tell("typing")
            case _:
                await self.send(json.dumps(MISTAKE))

    async def tell(self, kind: str, text: str = "") -> None:
        """Tell the room that this person has done something, and when."""
        at = datetime.now(UTC).isoformat()
        told = {"type": kind, "name": self.name, "text": text, "at": at}
        event = {
            "type": "room.told",
            "json": json.dumps(told),
            "not_for": self.channel_name if kind == "typing" else "",
        }
        await self.channel_layer.group_send(self.group, event)

    async def room_told(self, event: dict[str, Any]) -> None:
        if event["not_for"] != self.channel_name:
            await self.send(event["json"])

    async def clean_up(self) -> None:
        was_in = bool(self.joined)
        await super().clean_up()
        if was_in:
            await self.tell("leave")


def read(text: str | None) -> object:
    """What a client sent, or None if that is no JSON."""
    try:
        return json.loads(text or "")
    except (ValueError, RecursionError):
        return None


websocket_urlpatterns = [
    path("ws/rooms/<slug:room>/", RoomConsumer.as_asgi()),
]
urlpatterns = [
    path("", TemplateView.as_view(template_name="groups/room.html")),
]
