"""What a room may rely on, however its messages reach its members."""

import asyncio
import json
from contextlib import AsyncExitStack

from websockets.asyncio.client import ClientConnection, connect


async def test_every_member_hears_every_message_in_order(server: str) -> None:
    async with AsyncExitStack() as stack:
        members = [await enter(stack, server, "order") for _ in range(10)]
        speaker = members.pop()

        texts = [str(number) for number in range(500)]
        for text in texts:
            payload = {"message": text, "name": "speaker"}
            message = {"action": "new_chat_message", "payload": payload}
            await speaker.send(json.dumps(message))

        async with asyncio.timeout(60):
            for member in members:
                heard = [json.loads(await member.recv()) for _ in texts]
                assert [message["payload"]["message"] for message in heard] == texts


async def enter(stack: AsyncExitStack, server: str, room: str) -> ClientConnection:
    """A client that is in the room, until the stack closes it."""
    url = f"ws://{server}/ws/chat/{room}/"
    client = await stack.enter_async_context(connect(url, origin="http://localhost"))
    await client.send(json.dumps({"action": "ping"}))
    assert json.loads(await client.recv())["action"] == "pong"
    return client
