"""`manage.py loadtest` of the finished project, with the servers of all chapters."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from course.chapters import folder_of
from course.dev.bench.servers import BEFORE
from tests.support.programs import FINISHED, Programs


def loadtest(*addresses: str, options: tuple[str, ...] = ()) -> str:
    """What the command prints, without the lines of its table."""
    urls = [f"--url=ws://{address}" for address in addresses]
    few = ["--members", "4", "--messages", "5"]
    finished = subprocess.run(
        [sys.executable, "manage.py", "loadtest", *few, *urls, *options],
        cwd=FINISHED,
        capture_output=True,
        text=True,
        timeout=300,
    )
    return " ".join(re.sub("[^ -~]", " ", finished.stdout + finished.stderr).split())


# Where messages are typed, nobody hears their own.
@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("cp0", (), "has no chat at /ws/chat/"),
        ("cp1", ("--rooms", "2"), "has no rooms: leave out --rooms"),
        *[(name, (), "deliveries 20 of 20") for name in ("cp1", "cp2", "cp3", "cp4")],
        *[(name, (), "deliveries 15 of 15") for name in (BEFORE, "final")],
    ],
)
def test_every_chat_of_the_course_can_be_its_target(
    name: str, options: tuple[str, ...], sentence: str, tmp_path: Path
) -> None:
    with Programs(tmp_path, folder_of(name)) as programs:
        assert sentence in loadtest(programs.daphne().address, options=options)


def test_two_may_test_the_same_server(tmp_path: Path) -> None:
    with Programs(tmp_path, folder_of("cp1")) as programs, ThreadPoolExecutor() as pool:
        # Two seconds, so that they do it at the same time.
        options = "--messages", "40", "--rate", "20"
        address = programs.daphne().address
        both = [pool.submit(loadtest, address, options=options) for _ in range(2)]

        assert all("deliveries 160 of 160" in it.result() for it in both)


def test_members_spread_over_servers_that_share_a_redis(tmp_path: Path) -> None:
    with Programs(tmp_path) as programs:
        url = programs.redis().url
        servers = [programs.daphne(redis_url=url) for _ in range(2)]
        output = loadtest(*(server.address for server in servers))
        connections = [server.output.count('"WSCONNECT ') for server in servers]

    assert "deliveries 15 of 15" in output
    # The one has the client that asks what kind of server it is as well.
    assert connections == [3, 2]
