"""The ceiling: a server that only sends on what it hears, by `websockets` alone.

It runs as a script, with its port as the argument.
"""

import asyncio
import sys
from collections import defaultdict

from websockets.asyncio.server import ServerConnection, broadcast, serve

rooms: defaultdict[str, set[ServerConnection]] = defaultdict(set)


async def handle(socket: ServerConnection) -> None:
    assert socket.request
    members = rooms[socket.request.path]
    members.add(socket)
    async for text in socket:
        broadcast(members, text)
    members.discard(socket)


async def main(port: int) -> None:
    # As the others: Daphne does not compress, and Uvicorn is not asked to.
    async with serve(handle, "127.0.0.1", port, compression=None, ping_interval=None):
        await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
