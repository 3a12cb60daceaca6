"""Who is in a room, on whichever server: /ws/presence/lobby/?name=alice"""

import asyncio
import logging
import os
import uuid
from typing import Any
from urllib.parse import parse_qs

from django.http import HttpRequest, JsonResponse
from django.urls import path
from groups.membership import GroupConsumer
from redis.asyncio import Redis
from redis.exceptions import RedisError

CLOSE_NO_NAME = 4001
CLOSE_NO_ROOM = 4004
SECONDS_ALIVE = float(os.environ.get("SECONDS_ALIVE", "30"))

logger = logging.getLogger(__name__)
redis = Redis.from_url(
    os.environ.get("REDIS_URL", "redis://127.0.0.1:6379"), decode_responses=True
)


async def say_here(room: str, member: str) -> None:
    """Note that a member is there now, and forget those who have not said so lately."""
    seconds, microseconds = map(int, await redis.time())
    now = seconds + microseconds / 1_000_000
    async with redis.pipeline() as together:
        together.zadd(room, {member: now})
        together.zremrangebyscore(room, "-inf", now - SECONDS_ALIVE)
        together.pexpire(room, int(1000 * SECONDS_ALIVE))
        await together.execute()


async def members_of(room: str) -> list[str]:
    """All of a room, each as an id, a space and a name."""
    members: list[str] = await redis.zrange(room, 0, -1)
    return members


def names_of(members: list[str]) -> list[str]:
    """Each name once, however many windows that person has."""
    return sorted({member.partition(" ")[2] for member in members})


class PresenceConsumer(GroupConsumer):
    heart: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        query = parse_qs(self.scope["query_string"].decode())
        name = query.get("name", [""])[0].strip()
        self.room = f"presence.{self.scope['url_route']['kwargs']['room']}"
        self.member = f"{uuid.uuid4().hex} {name}"
        await self.accept()
        if not 1 <= len(name) <= 40:
            await self.close(CLOSE_NO_NAME)
        elif len(self.room) > 80:
            await self.close(CLOSE_NO_ROOM)
        else:
            await self.join(self.room)
            await say_here(self.room, self.member)
            self.heart = asyncio.create_task(self.keep_beating())
            await self.tell_names()

    async def keep_beating(self) -> None:
        while True:
            await asyncio.sleep(SECONDS_ALIVE / 3)
            try:
                await say_here(self.room, self.member)
            except RedisError as error:
                logger.warning("%s may seem to be gone: %s", self.member, error)

    async def tell_names(self) -> None:
        names = names_of(await members_of(self.room))
        event = {"type": "names.told", "names": names}
        await self.channel_layer.group_send(self.room, event)

    async def names_told(self, event: dict[str, Any]) -> None:
        await self.send(f"here: {', '.join(event['names'])}")

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        if text_data == "who":
            await self.names_told({"names": names_of(await members_of(self.room))})
        else:
            await self.send("Ask: who")

    async def clean_up(self) -> None:
        await super().clean_up()
        if self.heart:
            self.heart.cancel()
            await redis.zrem(self.room, self.member)
            await self.tell_names()


async def statistics(request: HttpRequest) -> JsonResponse:
    """How many connections and people there are in each room, on all servers."""
    rooms = {}
    async for room in redis.scan_iter("presence.*"):
        members = await members_of(room)
        rooms[room.removeprefix("presence.")] = {
            "connections": len(members),
            "people": len(names_of(members)),
        }
    return JsonResponse(rooms)


websocket_urlpatterns = [
    path("ws/presence/<slug:room>/", PresenceConsumer.as_asgi()),
]
urlpatterns = [
    path("statistics/", statistics),
]
