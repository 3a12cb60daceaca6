"""Whoever is killed, each job is done, and its effect exists once."""

import signal
from pathlib import Path

from redis import Redis as RedisClient
from redis.exceptions import RedisError

from tests.faults.job_pages import (
    TEAM,
    assert_whole,
    page_at,
    say_much,
    use_postgresql,
    worker,
)
from tests.support.commands import wait_until
from tests.support.programs import Programs
from tests.support.visitors import Visitor


def test_each_process_in_turn_is_killed_and_each_job_is_done_once(
    tmp_path: Path,
) -> None:
    """As in the profile `scale`: a PostgreSQL, a Redis, two servers, two workers."""
    results, hold = tmp_path / "results", tmp_path / "hold"
    with Programs(tmp_path, JOB_LEASE="2", RESULTS=str(results)) as programs:
        redis, postgresql = programs.redis(), use_postgresql(programs)
        say_much(programs)
        servers = [programs.daphne(redis_url=redis.url) for _ in range(2)]
        workers = [worker(programs, REDIS_URL=redis.url) for _ in range(2)]
        ada, bob = Visitor(servers[0].address), Visitor(servers[1].address)
        ada.log_in("ada")
        bob.log_in("bob")
        with page_at(servers[1], bob) as page_of_bob:
            for number, fault in enumerate(["worker", "redis", "postgresql", "server"]):
                hold.touch()
                with page_at(servers[0], ada) as page:
                    page.wait_for_results(2 * number)
                    for _ in range(2):
                        page.ask(TEAM)
                    page.wait_until_in_the_middle(2)
                    match fault:
                        case "worker":
                            workers[0].kill()
                            worker(programs, REDIS_URL=redis.url)
                        case "redis":
                            redis.kill()
                            redis.start()
                            wait_until(lambda: is_heard(redis.url), "nobody is back")
                        case "postgresql":
                            postgresql.process.send_signal(signal.SIGQUIT)
                            postgresql.process.wait()
                            postgresql.start()
                            postgresql.wait_for_output("ready to accept connections")
                        case "server":
                            servers[0].kill()
                hold.unlink()
                with page_at(servers[1], ada) as page:
                    page.wait_for_results(2 * number + 2)
            page_of_bob.wait_for(
                lambda: len(page_of_bob.notifications) == len(page.results)
            )

        assert sorted(file.name for file in results.iterdir()) == sorted(page.jobs)
        for file in results.iterdir():
            assert_whole(file)
        for program in programs.running:
            assert "Traceback" not in program.output


def is_heard(url: str) -> bool:
    """Whether the servers listen again to what is for ada, and for bob."""
    try:
        with RedisClient.from_url(url) as client:
            return len(client.pubsub_channels("*system.user*")) == 2
    except RedisError:
        return False
