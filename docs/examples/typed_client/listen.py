"""Write down what is said in a room: python listen.py localhost:8000 lobby"""

import asyncio
import sys
from contextlib import suppress
from typing import Annotated
from urllib.parse import quote

from chat_client.chat import (
    ChatMessagePayload,
    GetHistory,
    GetHistoryPayload,
    History,
    IncomingMessage,
    NewChatMessage,
    StoredMessage,
)
from pydantic import Field, TypeAdapter, ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

SECONDS_BETWEEN_BEATS = 20
# Redis or the database is away. All other codes from 4000 on are a decision.
TRY_AGAIN = {4013, 4014}

messages: TypeAdapter[IncomingMessage] = TypeAdapter(
    Annotated[IncomingMessage, Field(discriminator="action")]
)


class Log:
    """What was said in a room: each message once, in order, without gaps."""

    newest = 0

    async def follow(self, url: str, origin: str) -> None:
        """Listen. When the connection is lost, connect again."""
        async for socket in connect(url, origin=Origin(origin)):
            beats = asyncio.create_task(self.beat(socket))
            try:
                async for frame in socket:
                    await self.hear(socket, str(frame))
            except ConnectionClosed:
                code = socket.close_code or 0
                if code >= 4000 and code not in TRY_AGAIN:
                    raise
            finally:
                beats.cancel()
            # A server that accepts and closes is not asked again at once.
            await asyncio.sleep(1)

    async def beat(self, socket: ClientConnection) -> None:
        """Ask, now and then, for what was missed."""
        with suppress(ConnectionClosed):
            while True:
                await self.ask(socket)
                await asyncio.sleep(SECONDS_BETWEEN_BEATS)

    async def ask(self, socket: ClientConnection) -> None:
        asked = GetHistory(payload=GetHistoryPayload(after=self.newest))
        await socket.send(asked.model_dump_json())

    async def hear(self, socket: ClientConnection, frame: str) -> None:
        try:
            message = messages.validate_json(frame)
        except ValidationError:
            # The server is newer than this client.
            print(f"Not understood: {frame}", file=sys.stderr)
            return
        match message:
            case NewChatMessage(payload=said) if said.seq == self.newest + 1:
                self.take(said)
            case NewChatMessage():
                await self.ask(socket)
            case History(payload=answer):
                for stored in answer.messages:
                    if stored.seq > self.newest:
                        self.take(stored)
                if answer.more:
                    await self.ask(socket)
                else:
                    # What was deleted meanwhile can't be missing.
                    self.newest = max(self.newest, answer.newest)

    def take(self, said: ChatMessagePayload | StoredMessage) -> None:
        self.newest = said.seq or self.newest
        print(f"{self.newest} {said.name}: {said.message}", flush=True)


async def main(host: str, room: str) -> None:
    url = f"ws://{host}/ws/chat/{quote(room, safe='')}/"
    await Log().follow(url, f"http://{host}")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
