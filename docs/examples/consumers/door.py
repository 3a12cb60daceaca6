import json
from typing import Any
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path

CLOSE_NO_SEAT = 4004
SEATS = {"7": "row 1, left", "8": "row 1, right"}


class DoorConsumer(AsyncWebsocketConsumer):
    """Lets in whoever has a ticket, and says where to sit."""

    async def connect(self) -> None:
        query = parse_qs(self.scope["query_string"].decode())
        ticket = query.get("ticket", [""])[0]
        if not ticket:
            # Refused: the browser learns nothing but that.
            await self.close()
        elif ticket not in SEATS:
            # Let in and sent away, with a code that the browser sees.
            await self.accept()
            await self.close(CLOSE_NO_SEAT, "There is no such seat.")
        else:
            offered = self.scope["subprotocols"]
            await self.accept(
                subprotocol="theater.v1" if "theater.v1" in offered else None,
                headers=[(b"x-seat", SEATS[ticket].encode())],
            )
            await self.send(SEATS[ticket])


class EndingConsumer(AsyncWebsocketConsumer):
    """Ends the connection in the way that its path says, for the table."""

    async def connect(self) -> None:
        how = self.scope["url_route"]["kwargs"]
        if how["when"] == "after":
            await self.accept()
        if how["call"] == "raise":
            raise RuntimeError("This is a mistake in the consumer.")
        arguments: list[Any] = json.loads(
            how["call"].replace("close(", "[").replace(")", "]")
        )
        await self.close(*arguments)


websocket_urlpatterns = [
    path("ws/door/", DoorConsumer.as_asgi()),
    path("ws/<str:when>/<str:call>/", EndingConsumer.as_asgi()),
]
