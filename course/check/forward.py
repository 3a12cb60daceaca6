"""Stands in for redis-server where none is installed: a port that leads to REDIS_URL.

To stop it is an outage of Redis for whoever came by this port, and for nobody else.
"""

import asyncio
import functools
import os
import sys
from asyncio import StreamReader, StreamWriter

from redis.asyncio import ConnectionPool


async def forward(
    pool: ConnectionPool, reader: StreamReader, writer: StreamWriter
) -> None:
    # Says the password, and whatever else the address asks for.
    connection = pool.make_connection()
    await connection.connect()
    ways = carry(reader, connection._writer), carry(connection._reader, writer)
    tasks = [asyncio.create_task(way) for way in ways]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    writer.close()
    await connection.disconnect()


async def carry(source: StreamReader, target: StreamWriter) -> None:
    while data := await source.read(65536):
        target.write(data)
        await target.drain()


async def main(port: int, database: int) -> None:
    pool = ConnectionPool.from_url(os.environ["REDIS_URL"], db=database)
    way = functools.partial(forward, pool)
    server = await asyncio.start_server(way, "127.0.0.1", port)
    print("Ready to accept connections", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
