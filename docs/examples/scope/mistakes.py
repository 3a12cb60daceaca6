"""Asks for the user where no middleware has put one. Connecting fails."""

from django.urls import path
from scope.members import MembersConsumer

websocket_urlpatterns = [
    path("ws/members/", MembersConsumer.as_asgi()),
]
