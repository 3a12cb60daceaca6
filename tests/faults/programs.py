"""The programs that the tests make fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis import Redis as Connection

from tests.support.programs import Programs
from tests.support.running import Program, Redis, Server


@dataclass
class Site:
    """Two servers and two workers, which share a Redis."""

    redis: Redis
    servers: list[Server]
    workers: list[Program]

    @property
    def connection(self) -> "Connection[str]":
        return Connection(port=self.redis.port, decode_responses=True)

    def assert_no_traceback(self) -> None:
        for program in [*self.servers, *self.workers]:
            assert "Traceback" not in program.output


@contextmanager
def run_site(folder: Path) -> Iterator[Site]:
    with Programs(folder) as programs:
        redis = programs.redis()
        # All of them start at the same time.
        servers = [programs.daphne(redis_url=redis.url) for _ in range(2)]
        doomed = {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(Path(__file__).parent),
            "REDIS_URL": redis.url,
        }
        workers = [programs.start("python", "-m", "doomed", **doomed) for _ in range(2)]
        for server in servers:
            server.wait_for_output("Listening on TCP address")
        for worker in workers:
            worker.wait_for_output("Running worker")
        yield Site(redis, servers, workers)
