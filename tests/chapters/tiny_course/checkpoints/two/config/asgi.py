from typing import Any


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Sends back every text."""
    while (event := await receive())["type"] != "websocket.disconnect":
        if event["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
        else:
            await send({"type": "websocket.send", "text": event["text"]})
