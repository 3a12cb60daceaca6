"""What a server of ASGI allows: an application that only sends on what it hears.

No Django and no Channels, so what it costs is the server's own work.
"""

from collections import defaultdict
from typing import Any

rooms: dict[str, list[Any]] = defaultdict(list)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Send each text on to every connection of the same path."""
    members = rooms[scope["path"]]
    while True:
        event = await receive()
        if event["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
            members.append(send)
        elif event["type"] == "websocket.receive":
            frame = {"type": "websocket.send", "text": event["text"]}
            for member in list(members):
                await member(frame)
        else:
            members.remove(send)
            return
