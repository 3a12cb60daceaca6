"""The finished project, with a page more: what the server's process holds.

Daphne runs it in the finished project's folder: python -m daphne watched:application
"""

import asyncio
import gc
import json
from typing import Any

from channels.consumer import AsyncConsumer
from channels.layers import get_channel_layer

from config.asgi import application as project  # type: ignore[import-not-found]


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http" or scope["path"] != "/counts":
        await project(scope, receive, send)
        return
    start = {"type": "http.response.start", "status": 200, "headers": []}
    await send(start)
    await send({"type": "http.response.body", "body": json.dumps(counts()).encode()})


def counts() -> dict[str, int]:
    """How many there are of what a connection needs."""
    gc.collect()
    layer: Any = get_channel_layer()
    # That of Redis keeps them for each event loop.
    layer = layer._get_layer() if hasattr(layer, "_get_layer") else layer
    consumers = [o for o in gc.get_objects() if isinstance(o, AsyncConsumer)]
    return {
        "consumers": len(consumers),
        "tasks": len(asyncio.all_tasks()),
        "channels": len(layer.channels),
        "groups": len(layer.groups),
        "members": sum(len(members) for members in layer.groups.values()),
    }
