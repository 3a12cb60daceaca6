"""`tutorial.py bench`, in small: few members, short rounds, real servers."""

import json
import platform
import re
import signal
from pathlib import Path
from unittest.mock import Mock
from xml.etree import ElementTree

import psutil
import pytest
from websockets.frames import Frame, Opcode

from course.dev.bench.clients import only_look_for_marks
from course.dev.bench.measure import Cell, Result, measure
from course.dev.bench.report import busiest, report
from course.dev.bench.servers import BEFORE, CONTENDERS, Setup
from tests.conftest import Start
from tests.support.clones import Clone
from tests.support.commands import wait_until


@pytest.mark.parametrize(
    "setup",
    [
        Setup(),
        Setup(server="Uvicorn"),
        Setup(layer="Redis pub/sub", processes=2),
        Setup(layer="Redis queue"),
    ],
    ids=str,
)
def test_all_contenders_deliver_all_messages(setup: Setup) -> None:
    quiet, loaded = measure(setup, members=30, rounds=2, seconds=0.05)

    assert [quiet.load, loaded.load] == ["quiet", "loaded"]
    for cell in quiet, loaded:
        assert list(cell.rounds) == CONTENDERS
        assert sum(cell.refused.values()) == 0
        # channels_redis' queues now and then keep a message back on a busy machine.
        assert cell.wrong == 0 or setup.layer == "Redis queue"
        # Whoever is in the room, a message is delivered thirty times.
        expected = [it.expected for rounds in cell.rounds.values() for it in rounds]
        assert all(number > 0 and number % 30 == 0 for number in expected)
    assert all(result.expected >= 300 for result in loaded.rounds["cp4"])
    assert 0 < quiet.memory["final"] < 1_000_000


@pytest.mark.parametrize("cut", [2, 7, 1000])
def test_messages_are_told_apart_wherever_they_are_cut(cut: int) -> None:
    # 62 bytes are a ">" in a frame's head.
    texts = [b"a<1>", b"b" * 59 + b"<2>", b"c" * 126 + b"<3>", b"<4>" + b"d" * 70_000]
    data = b"".join(Frame(Opcode.TEXT, it).serialize(mask=False) for it in texts)
    member = Mock()
    only_look_for_marks(member)

    for start in range(0, len(data), cut):
        member.socket.data_received(data[start : start + cut])

    heard = [call.args[0] for call in member.hear.call_args_list]
    marks = [mark[0] for text in heard if (mark := re.search(r"<\d>", text))]
    assert marks == ["<1>", "<2>", "<3>", "<4>"]


def cell(members: int, load: str, cp4: float, ceiling: float, wrong: int = 0) -> Cell:
    """Two rounds in which the finished project makes 1,000 deliveries a second."""
    speeds = {"cp4": cp4, BEFORE: cp4, "final": 1000, "bare": 1250, "ceiling": ceiling}
    rounds = {
        name: [Result(round(speed) + wrong, wrong, seconds=1, busy_seconds=0.5)] * 2
        for name, speed in speeds.items()
    }
    refused = {"cp4": 0, BEFORE: 1, "final": 2, "bare": 4}
    memory = {"cp4": 30_000.0, BEFORE: 40_000.0, "final": 30.0 * members}
    return Cell(Setup(), members, load, rounds, refused, memory)


CELLS = [
    cell(100, "quiet", cp4=300, ceiling=1800),
    cell(100, "loaded", cp4=260, ceiling=2500),
    cell(1000, "quiet", cp4=300, ceiling=1900),
    cell(1000, "loaded", cp4=240, ceiling=2500, wrong=2),
]


def test_the_chapter_gets_the_figures_the_plot_and_the_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(CELLS, tmp_path) == 1

    assert "MISSED     3.85  100 members, loaded: final at" in capsys.readouterr().out
    plot = tmp_path / "fan-out.svg"
    assert ElementTree.parse(plot).getroot().tag.endswith("svg")
    assert "href" not in plot.read_text()
    everything = json.loads((tmp_path / "fan-out.json").read_text())
    assert [tuple(target.values()) for target in everything["targets"]] == [
        ("100 members, quiet: final at least 3 times cp4", "3.33", True),
        ("1,000 members, quiet: final at least 3 times cp4", "3.33", True),
        ("100 members, loaded: final at least 4 times cp4", "3.85", False),
        ("1,000 members, loaded: final at least 4 times cp4", "4.17", True),
        ("nothing lost, doubled or out of order", "20", False),
        ("none lost of 1,000 that connect at once", "3", False),
        ("memory per idle connection: final at most cp4's", "1.00", True),
    ]
    assert [cell["wrong"] for cell in everything["cells"]] == [0, 0, 0, 20]
    headings, *rows = everything["table"]
    assert headings[3] == "final : cp4"
    assert [row[3] for row in rows] == ["3.3", "3.8", "3.3", "4.2"]
    assert everything["memory"] == {"cp4": 30_000, BEFORE: 40_000, "final": 30_000}
    assert everything["machine"]["Python"] == platform.python_version()


def test_it_tells_when_the_clients_are_the_limit() -> None:
    rounds = {"ceiling": [Result(1000, seconds=1, busy_seconds=0.9)]}

    assert busiest([*CELLS, Cell(Setup(), 10, "loaded", rounds, {}, {})]).startswith(
        "The clients worked at most 90% of the time"
        " (ceiling, Daphne, in-memory, 10 members, loaded)."
    )


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

    assert "is not the finished project on this branch" in ready.refusal("bench")
