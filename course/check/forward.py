"""Stands in for redis-server where none is installed: a port that leads to REDIS_URL.

To stop it is an outage of Redis for whoever came by this port, and for nobody else.
"""

import asyncio
import os
import sys

from redis.asyncio import ConnectionPool

# Apart from what else is in that Redis, where it has more than one database.
DATABASE = 15


async def main(port: int) -> None:
    pool = ConnectionPool.from_url(os.environ["REDIS_URL"], db=DATABASE)

    async def forward(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        # Says the password, and whatever else the address asks for.
        there = pool.make_connection()
        await there.connect()
        ways = carry(reader, there._writer), carry(there._reader, writer)
        await asyncio.wait(
            [asyncio.create_task(way) for way in ways],
            return_when=asyncio.FIRST_COMPLETED,
        )
        writer.close()
        await there.disconnect()

    server = await asyncio.start_server(forward, "127.0.0.1", port)
    print("Ready to accept connections", flush=True)
    await server.serve_forever()


async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        target.write(data)
        await target.drain()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
