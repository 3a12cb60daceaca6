"""`manage.py loadtest` of the finished project, with the servers of all chapters."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from course.chapters import FINAL, find_checkpoint
from course.dev.bench.servers import Setup, run_contenders, run_redis


def loadtest(*options: str) -> str:
    """What the command prints, without the lines of its table."""
    few = ["--members", "4", "--messages", "5"]
    finished = subprocess.run(
        [sys.executable, "manage.py", "loadtest", *few, *options],
        cwd=find_checkpoint(FINAL).folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return " ".join(re.sub("[^ -~]", " ", finished.stdout + finished.stderr).split())


# Where messages are typed, nobody hears their own.
@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("cp0", [], "has no chat at /ws/chat/"),
        ("cp1", ["--rooms", "2"], "has no rooms: leave out --rooms"),
        *[(name, [], "deliveries 20 of 20") for name in ("cp1", "cp2", "cp3", "cp4")],
        *[(name, [], "deliveries 15 of 15") for name in ("cp5", "final")],
    ],
)
def test_every_chat_of_the_course_can_be_its_target(
    name: str, options: list[str], sentence: str, tmp_path: Path
) -> None:
    with run_contenders([name], Setup(), "", tmp_path) as [server]:
        assert sentence in loadtest("--url", server.urls[0], *options)


def test_two_may_test_the_same_server(tmp_path: Path) -> None:
    with (
        run_contenders(["cp1"], Setup(), "", tmp_path) as [server],
        ThreadPoolExecutor() as pool,
    ):
        # Two seconds, so that they do it at the same time.
        options = ["--url", server.urls[0], "--messages", "40", "--rate", "20"]
        outputs = list(pool.map(loadtest, *([option] * 2 for option in options)))

    for output in outputs:
        assert "deliveries 160 of 160" in output


def test_members_spread_over_servers_that_share_a_redis(tmp_path: Path) -> None:
    setup = Setup(layer="Redis pub/sub", processes=2)
    with (
        run_redis(tmp_path) as redis_url,
        run_contenders(["final"], setup, redis_url, tmp_path) as [servers],
    ):
        one, other = servers.urls
        output = loadtest("--url", one, "--url", other)
        logs = [(tmp_path / f"{port}.log").read_text() for port in servers.ports]

    assert "deliveries 15 of 15" in output
    # The one has the client that asks what kind of server it is as well.
    assert [log.count('"WSCONNECT ') for log in logs] == [3, 2]
