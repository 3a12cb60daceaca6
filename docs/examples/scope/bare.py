"""An ASGI application without Channels, which tells each client its scope."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

Event = dict[str, Any]


async def application(
    scope: Event,
    receive: Callable[[], Awaitable[Event]],
    send: Callable[[Event], Awaitable[None]],
) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    text = json.dumps({key: repr(value) for key, value in scope.items()})
    await send({"type": "websocket.send", "text": text})
