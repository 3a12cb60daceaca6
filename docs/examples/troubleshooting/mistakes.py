"""A consumer for each mistake. /ws/NAME/ makes the one that the guide calls NAME."""

import asyncio
import json
from datetime import datetime

from asgiref.sync import async_to_sync
from channels.generic.websocket import (
    AsyncJsonWebsocketConsumer,
    AsyncWebsocketConsumer,
)
from channels.routing import ProtocolTypeRouter
from channels.security.websocket import WebsocketDenier
from django.contrib.sessions.models import Session
from django.core.asgi import get_asgi_application
from django.urls import path, re_path
from redis.asyncio import Redis
from troubleshooting.settings import REDIS_URL


class NoHandlerConsumer(AsyncWebsocketConsumer):
    """Sends an event for which it has no method: its name has one letter too many."""

    async def connect(self) -> None:
        await self.accept()
        await self.channel_layer.send(self.channel_name, {"type": "chat.message"})

    async def chat_messages(self, event: dict[str, str]) -> None:
        await self.send("hello")


class NotAcceptedConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.send("hello")


class AfterCloseConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        await self.close()
        await self.send("goodbye")


class CloseCodeConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        await self.close(1008)


class NoUserConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        await self.send(str(self.scope["user"]))


class NoJsonConsumer(AsyncWebsocketConsumer):
    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        await self.send(json.loads(text_data or "")["message"])


class NotSerializableConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        await self.send(json.dumps({"now": datetime.now()}))


class DatabaseConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        await self.send(str(Session.objects.count()))


class AsyncToSyncConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        join = async_to_sync(self.channel_layer.group_add)
        join("room", self.channel_name)


class NeverAwaitedConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        self.channel_layer.group_add(  # type: ignore[unused-coroutine]
            "room", self.channel_name
        )


class SlowEndConsumer(AsyncWebsocketConsumer):
    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        await asyncio.sleep(3600)


class NoLayerConsumer(AsyncWebsocketConsumer):
    # No layer of that name is in the settings.
    channel_layer_alias = "chat"

    async def connect(self) -> None:
        await self.accept()
        await self.channel_layer.group_add("room", self.channel_name)


class BackendConsumer(AsyncWebsocketConsumer):
    channel_layer_alias = "renamed"


class GroupNameConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        await self.channel_layer.group_add("the lobby", self.channel_name)


class NotMsgpackConsumer(AsyncWebsocketConsumer):
    channel_layer_alias = "queue"

    async def connect(self) -> None:
        await self.accept()
        event = {"type": "chat.message", "sent_at": datetime.now()}
        await self.channel_layer.send(self.channel_name, event)


class ChannelFullConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        for _ in range(200):
            await self.channel_layer.send("mail", {"type": "letter"})


class OverCapacityConsumer(AsyncWebsocketConsumer):
    channel_layer_alias = "small"

    async def connect(self) -> None:
        await self.accept()
        await self.channel_layer.group_add("room", self.channel_name)
        for _ in range(9):
            await self.channel_layer.group_send("room", {"type": "chat.message"})

    async def chat_message(self, event: dict[str, str]) -> None:
        await self.send("hello")


class NoRedisConsumer(AsyncWebsocketConsumer):
    channel_layer_alias = "away"


class RedisTimeoutConsumer(AsyncWebsocketConsumer):
    channel_layer_alias = "queue"


class RedisConnectionsConsumer(AsyncWebsocketConsumer):
    channel_layer_alias = "queue"

    async def connect(self) -> None:
        await self.accept()
        event = {"type": "chat.message"}
        sending = [self.channel_layer.group_send("room", event) for _ in range(200)]
        await asyncio.gather(*sending)


class RedisGoneConsumer(AsyncWebsocketConsumer):
    """Cuts the connection at which its layer waits, as Redis does when it is ended."""

    channel_layer_alias = "cut"

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        async with Redis.from_url(REDIS_URL) as redis:
            # The layer may not wait there yet.
            while True:
                if await self.cut(redis):
                    return
                await asyncio.sleep(0.01)

    async def cut(self, redis: Redis) -> int:
        waiting = [
            client["id"]
            for client in await redis.client_list()
            if client["name"] == "cut" and client["cmd"] == "bzpopmin"
        ]
        for number in waiting:
            await redis.client_kill_filter(_id=number)
        return len(waiting)


websocket_urlpatterns = [
    path("ws/after-close/", AfterCloseConsumer.as_asgi()),
    path("ws/async-to-sync/", AsyncToSyncConsumer.as_asgi()),
    path("ws/backend/", BackendConsumer.as_asgi()),
    path("ws/channel-full/", ChannelFullConsumer.as_asgi()),
    path("ws/close-code/", CloseCodeConsumer.as_asgi()),
    path("ws/database/", DatabaseConsumer.as_asgi()),
    path("ws/group-name/", GroupNameConsumer.as_asgi()),
    path("ws/json-bytes/", AsyncJsonWebsocketConsumer.as_asgi()),
    path("ws/never-awaited/", NeverAwaitedConsumer.as_asgi()),
    path("ws/no-application/", ProtocolTypeRouter({"http": get_asgi_application()})),
    path("ws/no-as-asgi/", AsyncWebsocketConsumer),
    path("ws/no-handler/", NoHandlerConsumer.as_asgi()),
    path("ws/no-json/", NoJsonConsumer.as_asgi()),
    path("ws/no-layer/", NoLayerConsumer.as_asgi()),
    path("ws/no-redis/", NoRedisConsumer.as_asgi()),
    path("ws/no-user/", NoUserConsumer.as_asgi()),
    path("ws/not-accepted/", NotAcceptedConsumer.as_asgi()),
    path("ws/not-msgpack/", NotMsgpackConsumer.as_asgi()),
    path("ws/not-serializable/", NotSerializableConsumer.as_asgi()),
    path("ws/only-django/", get_asgi_application()),
    path("ws/over-capacity/", OverCapacityConsumer.as_asgi()),
    path("ws/redis-connections/", RedisConnectionsConsumer.as_asgi()),
    path("ws/redis-gone/", RedisGoneConsumer.as_asgi()),
    path("ws/redis-timeout/", RedisTimeoutConsumer.as_asgi()),
    path("ws/slow-end/", SlowEndConsumer.as_asgi()),
    # The others are refused, but for /ws/no-route/, which no route matches.
    re_path("ws/(?!no-route/)", WebsocketDenier.as_asgi()),
]
