"""Books a seat for whoever asks first."""

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from database.models import Seat
from django.db import IntegrityError, transaction
from django.urls import path

SEATS = [str(number) for number in range(1, 101)]
LONGEST_NAME = 40


@database_sync_to_async
def book(number: int, guest: str) -> bool:
    """Book a seat. Whether it was free."""
    try:
        with transaction.atomic():
            Seat.objects.create(number=number, guest=guest)
    except IntegrityError:
        return False
    return True


class BookingConsumer(AsyncWebsocketConsumer):
    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        text = text_data or ""
        guest = self.scope["url_route"]["kwargs"]["guest"][:LONGEST_NAME]
        if text not in SEATS:
            await self.send(f"Name a seat from 1 to {len(SEATS)}.")
        elif await book(int(text), guest):
            await self.send(f"Seat {text} is yours.")
        else:
            await self.send(f"Seat {text} is taken.")


websocket_urlpatterns = [
    path("ws/booking/<slug:guest>/", BookingConsumer.as_asgi()),
]
