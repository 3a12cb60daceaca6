"""Say something in a room: python say.py localhost:8000 lobby Hello"""

import asyncio
import sys
from urllib.parse import quote
from uuid import uuid4

from chat_client.chat import (
    ChatClient,
    ChatMessagePayload,
    IncomingMessage,
    MessageSaved,
    NewChatMessage,
)
from chat_client.shared.messages import ErrorMessage


class Sayer(ChatClient):
    """Says one thing, and is done when the server has stored it."""

    text = ""

    async def send_init_message(self) -> None:
        payload = ChatMessagePayload(message=self.text, name="Robot", id=uuid4().hex)
        await self.send_message(NewChatMessage(payload=payload))

    async def handle_message(self, message: IncomingMessage) -> None:
        match message:
            case MessageSaved(payload=saved):
                print(f"Stored as number {saved.seq}.")
                await self.disconnect()
            case ErrorMessage(payload=payload):
                print(f"Refused: {payload}")
                await self.disconnect()

    async def handle_websocket_connection_error(self, e: Exception) -> None:
        raise e


async def main(host: str, room: str, text: str) -> None:
    client = Sayer(
        f"ws://{host}/",
        headers={"Origin": f"http://{host}"},
        path_params={"group_name": quote(room, safe="")},
    )
    client.text = text
    await client.handle()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
