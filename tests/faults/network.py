"""A network that a test can cut."""

import asyncio
from contextlib import suppress

from tests.support.running import HOST


class Proxy:
    """A network between a client and a server, which can be cut."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.is_cut = False
        self.ends: set[asyncio.StreamWriter] = set()

    async def start(self) -> str:
        """Begin, and return the address at which it listens."""
        self.server = await asyncio.start_server(self.connect, HOST, 0)
        port: int = self.server.sockets[0].getsockname()[1]
        return f"{HOST}:{port}"

    async def connect(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            to_server = await asyncio.open_connection(HOST, self.port)
            self.ends |= {writer, to_server[1]}
            await asyncio.gather(
                self.pump(reader, to_server[1]), self.pump(to_server[0], writer)
            )
        writer.close()

    async def pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                # What is sent into a network that is cut is gone, and nobody is told.
                if not self.is_cut:
                    writer.write(data)
                    await writer.drain()
        writer.close()

    async def cut(self) -> None:
        """Lose for a second what is sent, then every connection."""
        self.is_cut = True
        await asyncio.sleep(1)
        for end in self.ends:
            end.transport.abort()
        self.ends.clear()
        self.is_cut = False
