import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import Any

CLOSE_NOT_TEXT = 4003

calls = itertools.count(1)


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    call = next(calls)
    if scope["type"] == "http":
        if scope["path"] == "/slow/":
            await asyncio.sleep(0.5)
        head = {"status": 200, "headers": [(b"content-type", b"text/plain")]}
        await send({"type": "http.response.start", **head})
        await send({"type": "http.response.body", "body": b"This is call %d." % call})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (event := await receive())["type"] == "websocket.receive":
            if "text" not in event:
                await send({"type": "websocket.close", "code": CLOSE_NOT_TEXT})
                break
            text = f"{event['text']}? This is call {call}."
            await send({"type": "websocket.send", "text": text})
