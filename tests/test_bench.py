"""`tutorial.py bench`, in small: few members, short rounds, real servers."""

import json
import platform
import signal
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock
from xml.etree import ElementTree

import psutil
import pytest
from websockets.frames import Frame, Opcode

from course.dev.bench import report
from course.dev.bench.cells import (
    CONTENDERS,
    Cell,
    Crowd,
    Result,
    measure_cells,
    measure_crowd,
)
from course.dev.bench.clients import Reader
from course.dev.bench.servers import Setup, run_redis
from tests.conftest import Start
from tests.support.clones import Clone
from tests.support.commands import wait_until


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with run_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.mark.parametrize(
    "setup",
    [
        Setup(),
        Setup(server="Uvicorn"),
        Setup(layer="Redis pub/sub", processes=2),
        Setup(layer="Redis queue"),
    ],
)
def test_all_contenders_deliver_all_messages(
    setup: Setup, redis_url: str, tmp_path: Path
) -> None:
    quiet, loaded = measure_cells(
        setup, [3], redis_url, tmp_path, lambda: None, rounds=2, seconds=0.05
    )

    assert [quiet.load, loaded.load] == ["quiet", "loaded"]
    for cell in quiet, loaded:
        assert list(cell.rounds) == CONTENDERS
        assert cell.wrong == 0
        for rounds in cell.rounds.values():
            # Whoever is in the room, a message is delivered three times.
            assert all(result.expected % 3 == 0 for result in rounds)
            assert all(result.expected > 0 for result in rounds)
    assert all(result.expected >= 30 for result in loaded.rounds["cp4"])


def test_a_crowd_gets_in_and_its_memory_is_known(tmp_path: Path) -> None:
    crowd = measure_crowd("final", 200, tmp_path)

    assert crowd.lost == 0
    assert 1_000 < crowd.bytes_for_each < 1_000_000


@pytest.mark.parametrize("cut", [2, 7, 1000])
def test_frames_are_told_apart_wherever_they_are_cut(cut: int) -> None:
    texts = [b"a", b"b" * 125, b"c" * 126, b"d" * 70_000, b"e"]
    frames = [Frame(Opcode.TEXT, text).serialize(mask=False) for text in texts]
    data = b"".join([*frames[:2], Frame(Opcode.PING, b"?").serialize(mask=False)])
    data += b"".join(frames[2:])
    member = Mock()
    reader = Reader(member)

    for start in range(0, len(data), cut):
        reader.data_received(data[start : start + cut])

    heard = [call.args[0].encode() for call in member.hear.call_args_list]
    assert heard == texts
    # A server hangs up on whoever leaves its ping without an answer.
    (pong,), _ = member.socket.transport.write.call_args
    assert pong[0] == 0x8A


def result(expected: int, busy: float, lost: int = 0) -> Result:
    return Result(expected, lost, seconds=1, busy_seconds=busy)


def cell(members: int, load: str, cp4: float, ceiling: float, wrong: int = 0) -> Cell:
    """Two rounds in which the finished project makes 1,000 deliveries a second."""
    speeds = {"cp4": cp4, "cp5": cp4, "final": 1000, "bare": 1250, "ceiling": ceiling}
    rounds = {
        name: [result(round(speed) + wrong, 0.5, wrong)] * 2
        for name, speed in speeds.items()
    }
    return Cell(Setup(), members, load, rounds)


CELLS = [
    cell(100, "quiet", cp4=300, ceiling=1800),
    cell(100, "loaded", cp4=260, ceiling=2500),
    cell(1000, "quiet", cp4=300, ceiling=1900),
    cell(1000, "loaded", cp4=240, ceiling=2500, wrong=2),
]
CROWDS = [
    Crowd("cp4", 1000, lost=0, bytes_for_each=30_000),
    Crowd("cp5", 1000, lost=0, bytes_for_each=40_000),
    Crowd("final", 1000, lost=3, bytes_for_each=30_000),
]


def test_every_target_is_reached_or_missed() -> None:
    reached = {
        target.sentence: (target.figure, target.is_reached)
        for target in report.targets_of(CELLS, CROWDS)
    }

    assert reached == {
        "100 members, quiet: final at least 3 times cp4": ("3.33", True),
        "100 members, loaded: final at least 4 times cp4": ("3.85", False),
        "100 members, quiet: final at least 0.55 times ceiling": ("0.56", True),
        "1,000 members, quiet: final at least 3 times cp4": ("3.33", True),
        "1,000 members, loaded: final at least 4 times cp4": ("4.17", True),
        "1,000 members, quiet: final at least 0.55 times ceiling": ("0.53", False),
        "100 members, quiet: final at least 0.8 times bare": ("0.80", True),
        "nothing lost, doubled or out of order": ("20", False),
        "none lost of 1,000 that connect at once": ("3", False),
        "memory per idle connection: final at most cp4's": ("1.00", True),
    }


def test_the_chapter_gets_the_figures_the_plot_and_the_machine(tmp_path: Path) -> None:
    report.save(CELLS, CROWDS, tmp_path)

    plot = tmp_path / "fan-out.svg"
    assert ElementTree.parse(plot).getroot().tag.endswith("svg")
    assert "href" not in plot.read_text()
    everything = json.loads((tmp_path / "fan-out.json").read_text())
    ratios = [cell["ratios"]["final:cp4"] for cell in everything["cells"]]
    assert ratios == [3.333, 3.846, 3.333, 4.167]
    assert [cell["members"] for cell in everything["cells"]] == [100, 100, 1000, 1000]
    headings, *rows = everything["table"]
    assert headings[3] == "final : cp4"
    assert [row[3] for row in rows] == ["3.3", "3.8", "3.3", "4.2"]
    assert everything["memory"] == {"cp4": 30_000, "cp5": 40_000, "final": 30_000}
    assert everything["machine"]["Python"] == platform.python_version()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_stopping_leaves_no_server(start: Start, how: signal.Signals) -> None:
    bench = start("bench")
    process = psutil.Process(bench.process.pid)
    # Redis, and a server of each.
    number = 1 + len(CONTENDERS)
    wait_until(lambda: len(process.children()) == number, "the servers did not start")
    servers = process.children()

    bench.process.send_signal(how)

    assert bench.exit_status() == 130
    assert not any(server.is_running() for server in servers)
    assert "Traceback" not in bench.output


def test_it_measures_nothing_but_the_finished_project(ready: Clone) -> None:
    ready.git("switch", "--quiet", "cp4")

    assert "does not have the finished project" in ready.refusal("bench")


def test_it_tells_when_the_clients_are_the_limit() -> None:
    cells = [*CELLS, Cell(Setup(), 10, "loaded", {"ceiling": [result(1000, 0.9)]})]

    assert report.busiest(cells).startswith(
        "The clients worked at most 90% of the time"
        " (ceiling, Daphne, in-memory, 10 members, loaded)."
    )
