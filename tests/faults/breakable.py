"""A site with a database of which each part can fail, and what makes it fail."""

import asyncio
import random
import signal
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import psycopg

from tests.faults.keepers import Keeper, Line
from tests.faults.network import Proxy
from tests.support.commands import until
from tests.support.ports import free_port
from tests.support.postgresql import PostgreSQL, start_postgresql
from tests.support.programs import FINISHED, Programs
from tests.support.running import HOST

SELECT = "SELECT seq, name, client_id FROM chat_message ORDER BY seq, id"


class Site:
    """Two servers, a Redis, a database, and people who talk all the time."""

    def __init__(self, programs: Programs, kind: str) -> None:
        self.programs = programs
        self.redis = programs.redis()
        self.postgresql: PostgreSQL | None = None
        environment = {}
        if kind == "postgresql":
            self.postgresql = start_postgresql(programs)
            where = f"{HOST}:{self.postgresql.port}"
            self.url = f"postgres://postgres@{where}/postgres"
            environment = {"DATABASE_URL": self.url}
            programs.migrate(**environment)
        self.ports = [free_port(), free_port()]
        self.servers = [
            programs.daphne(port=port, redis_url=self.redis.url, **environment)
            for port in self.ports
        ]
        for server in self.servers:
            server.wait_for_output("Listening on TCP address")
        self.keepers: list[Keeper] = []
        self.proxies: list[Proxy] = []

    def stored(self) -> list[Line]:
        """What is in the database."""
        if self.postgresql:
            with psycopg.connect(self.url) as connection:
                return connection.execute(SELECT).fetchall()
        file = self.programs.folder / "db.sqlite3"
        with closing(sqlite3.connect(file, timeout=60)) as database:
            return database.execute(SELECT).fetchall()

    @asynccontextmanager
    async def people(self, number: int = 4) -> AsyncIterator[None]:
        """People who talk while the block runs, and then hear the rest."""
        for count in range(number):
            # Each prefers one of the servers, and has a network of its own to it.
            mine = self.ports[count % 2 :] + self.ports[: count % 2]
            proxies = [Proxy(port) for port in mine]
            addresses = [await proxy.start() for proxy in proxies]
            self.proxies += proxies
            self.keepers.append(Keeper(f"keeper {count}", addresses))
        living = [asyncio.create_task(one.live()) for one in self.keepers]
        talking = asyncio.create_task(self.talk())
        try:
            yield
            talking.cancel()
            await self.quiet()
        finally:
            for task in [talking, *living]:
                task.cancel()
            for proxy in self.proxies:
                proxy.server.close()

    async def talk(self) -> None:
        while True:
            for keeper in self.keepers:
                # As fast as the computer can, and no faster.
                if len(keeper.waiting) < 5:
                    await keeper.say()
            await asyncio.sleep(0.1)

    async def quiet(self) -> None:
        """Wait until everybody has all, as far as they know."""

        def states() -> list[str]:
            return [
                f"{len(keeper.waiting)} wait, {keeper.newest} is the newest"
                for keeper in self.keepers
            ]

        def is_quiet() -> bool:
            return len({*states()}) == 1 and not self.keepers[0].waiting

        try:
            await until(is_quiet, "what was said did not come to everybody", 60)
        except AssertionError:
            print(*states(), sep="\n")
            raise

    async def fail(self, fault: str, chance: random.Random) -> None:
        """Make something fail, and wait until everybody is heard again."""
        server = chance.choice(self.servers)
        match fault:
            case "server killed":
                server.kill()
                await asyncio.sleep(chance.random() / 2)
                server.start()
            case "redis killed":
                self.redis.kill()
                await asyncio.sleep(chance.random())
                self.redis.start()
            case "redis paused":
                self.redis.process.send_signal(signal.SIGSTOP)
                await asyncio.sleep(1 + chance.random())
                self.redis.process.send_signal(signal.SIGCONT)
            case "redis flushed":
                reader, writer = await asyncio.open_connection(HOST, self.redis.port)
                writer.write(b"FLUSHALL\r\n")
                assert await reader.readline() == b"+OK\r\n"
                writer.close()
            case "postgresql restarted":
                assert self.postgresql
                how = chance.choice([signal.SIGINT, signal.SIGQUIT])
                self.postgresql.process.send_signal(how)
                await asyncio.to_thread(self.postgresql.process.wait)
                self.postgresql.start()
            case "sqlite locked":
                await asyncio.to_thread(self.lock, chance.random())
            case "network cut":
                await chance.choice(self.proxies).cut()
            case "client reloaded":
                await chance.choice(self.keepers).reload()
        before = [len(keeper.saved) for keeper in self.keepers]
        await until(
            lambda: all(
                len(keeper.saved) > number
                for keeper, number in zip(self.keepers, before, strict=True)
            ),
            f"after {fault}, somebody is not heard",
            120,
        )

    def lock(self, seconds: float) -> None:
        file = self.programs.folder / "db.sqlite3"
        with closing(sqlite3.connect(file, timeout=60)) as database:
            database.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            database.rollback()


@asynccontextmanager
async def breakable(
    folder: Path, kind: str, project: Path = FINISHED
) -> AsyncIterator[Site]:
    """A site of that project, on "sqlite" or "postgresql"."""
    # People who come back send and ask much at once.
    limits = {"RATE_LIMIT_BURST": "1000000", "RATE_LIMIT_PER_SECOND": "1000000"}
    with Programs(folder, project, **limits) as programs:
        yield await asyncio.to_thread(Site, programs, kind)
