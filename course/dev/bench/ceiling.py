"""The ceiling: a server that only sends on what it hears, by `websockets` alone.

It runs as a script, with its port as the argument.
"""

import asyncio
import sys

from websockets.asyncio.server import ServerConnection, broadcast, serve


async def main(port: int) -> None:
    rooms: dict[str, set[ServerConnection]] = {}

    async def handle(socket: ServerConnection) -> None:
        assert socket.request
        members = rooms.setdefault(socket.request.path, set())
        members.add(socket)
        try:
            async for text in socket:
                broadcast(members, text)
        finally:
            members.discard(socket)

    # As the others: Daphne does not compress, and Uvicorn is not asked to.
    async with serve(handle, "127.0.0.1", port, compression=None) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
