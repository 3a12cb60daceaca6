from django.urls import path, re_path
from routing.rooms import LobbyConsumer, RoomConsumer

websocket_urlpatterns = [
    # as_asgi() is missing.
    path("ws/lobby/", LobbyConsumer),
    # Without a $ at its end this matches every path that begins so.
    re_path("ws/open/", LobbyConsumer.as_asgi()),
    # This hides the route below it, and has no number to give to its consumer.
    path("ws/rooms/<str:name>/", LobbyConsumer.as_asgi()),
    path("ws/rooms/<int:number>/", RoomConsumer.as_asgi()),
]
