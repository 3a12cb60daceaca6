"""Offices within offices: who is in one hears what is told to those above it."""

from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from django.urls import path
from groups.membership import GroupConsumer

CLOSE_LOG_IN = 4401
CLOSE_NOT_ALLOWED = 4403
CLOSE_NO_OFFICE = 4404
LONGEST = 1000

OFFICES = {
    "company",
    "company.lab",
    "company.sales",
    "company.sales.north",
    "company.sales.south",
}


def way_to(office: str) -> list[str]:
    """The office, after all those that it is a part of, the largest first."""
    parts = office.split(".")
    return [".".join(parts[: number + 1]) for number in range(len(parts))]


@database_sync_to_async
def offices_of(user: Any) -> set[str]:
    """The user's groups in Django's sense, such as one gives them in the admin."""
    return set(user.groups.values_list("name", flat=True))


class OfficeConsumer(GroupConsumer):
    async def connect(self) -> None:
        user: Any = self.scope["user"]
        self.office = self.scope["url_route"]["kwargs"]["office"].replace("/", ".")
        await self.accept()
        if not user.is_authenticated:
            await self.close(CLOSE_LOG_IN)
        elif self.office not in OFFICES:
            await self.close(CLOSE_NO_OFFICE)
        elif not await offices_of(user) & set(way_to(self.office)):
            await self.close(CLOSE_NOT_ALLOWED)
        else:
            for office in way_to(self.office):
                await self.join(office)
            await self.send(f"Welcome to {self.office}.")

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        text = f"{self.office}: {(text_data or '')[:LONGEST]}"
        event = {"type": "office.told", "text": text}
        await self.channel_layer.group_send(self.office, event)

    async def office_told(self, event: dict[str, Any]) -> None:
        await self.send(event["text"])


websocket_urlpatterns = [
    path("ws/offices/<path:office>/", AuthMiddlewareStack(OfficeConsumer.as_asgi())),
]
