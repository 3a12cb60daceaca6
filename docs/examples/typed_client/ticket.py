"""Enter a room as somebody: python ticket.py localhost:8000 lobby NAME PASSWORD"""

import asyncio
import json
import sys
from urllib.parse import quote
from urllib.request import Request, urlopen

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol


def get_ticket(host: str, name: str, password: str) -> str:
    asked = json.dumps({"username": name, "password": password}).encode()
    with urlopen(Request(f"http://{host}/accounts/ticket/", asked)) as response:
        return str(json.load(response)["ticket"])


async def enter(host: str, room: str, name: str, password: str) -> ClientConnection:
    """Connect, with a new ticket each time: one works only once."""
    ticket = await asyncio.to_thread(get_ticket, host, name, password)
    return await connect(
        f"ws://{host}/ws/chat/{quote(room, safe='')}/",
        origin=Origin(f"http://{host}"),
        subprotocols=[Subprotocol("chat"), Subprotocol(f"ticket.{ticket}")],
    )


async def main(host: str, room: str, name: str, password: str) -> None:
    async with await enter(host, room, name, password) as socket:
        await socket.send('{"action": "who_is_here"}')
        print(await socket.recv())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
