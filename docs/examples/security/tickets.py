"""Rooms that one enters with a ticket: signed, for one room, for a minute."""

from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import path

CLOSE_NO_TICKET = 4401
CLOSE_WRONG_ROOM = 4403
SECONDS_VALID = 60


def ticket_for(name: str, room: str) -> str:
    """A text that says so and that nobody else can make."""
    return signing.dumps({"name": name, "room": room}, salt="ticket")


def read_ticket(ticket: str, max_age: float = SECONDS_VALID) -> dict[str, str]:
    """What a ticket says. Raises BadSignature if it is forged or too old."""
    read: dict[str, str] = signing.loads(ticket, salt="ticket", max_age=max_age)
    return read


class RoomConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        query = parse_qs(self.scope["query_string"].decode())
        await self.accept()
        try:
            ticket = read_ticket(query.get("ticket", [""])[0])
        except signing.BadSignature:
            await self.close(CLOSE_NO_TICKET)
            return
        if ticket["room"] != self.scope["url_route"]["kwargs"]["room"]:
            await self.close(CLOSE_WRONG_ROOM)
            return
        # Only now: whoever is in the group hears all that is said in the room.
        group = f"ticket.{ticket['room'][:80]}"
        await self.channel_layer.group_add(group, self.channel_name)
        # Channels leaves the groups of this list when the client goes.
        self.groups.append(group)
        await self.send(f"Welcome, {ticket['name']}.")


def get_ticket(request: HttpRequest, room: str) -> HttpResponse:
    """Gives out tickets; a real one asks first whether this user may enter."""
    return HttpResponse(ticket_for("alice", room), content_type="text/plain")


websocket_urlpatterns = [
    path("ws/rooms/<slug:room>/", RoomConsumer.as_asgi()),
]
urlpatterns = [
    path("tickets/<slug:room>/", get_ticket),
]
