"""A middleware that adds a key of its own to the scope."""

from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.middleware import BaseMiddleware
from django.urls import path

GREETINGS = {"en": "Hello!", "el": "Γεια σου!", "fr": "Bonjour !"}


class LanguageMiddleware(BaseMiddleware):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        # The names of headers come in small letters, names and values as bytes.
        wished = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
        language = wished[:2].lower()
        scope = dict(scope, language=language if language in GREETINGS else "en")
        return await super().__call__(scope, receive, send)


class GreetingConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        scope: Any = self.scope
        await self.send(GREETINGS[scope["language"]])


websocket_urlpatterns = [
    path("ws/greeting/", LanguageMiddleware(GreetingConsumer.as_asgi())),
]
