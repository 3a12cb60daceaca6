from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path


class SeatConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        place = self.scope["url_route"]["kwargs"]
        await self.accept()
        await self.send(f"You are in house {place['house']}, seat {place['seat']}.")


# In a file of the app, for instance house/routing.py:
house_urlpatterns = [
    path("seats/<int:seat>/", SeatConsumer.as_asgi()),
]

# In a file of the project:
websocket_urlpatterns = [
    path("ws/<str:house>/", URLRouter(house_urlpatterns)),
    re_path("", WebsocketDenier.as_asgi()),
]
