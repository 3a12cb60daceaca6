import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from xml.etree import ElementTree

import psutil
import pytest
from django.core.management import CommandError, call_command
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from chat import load
from chat.clients import ServerError
from chat.load import MARK, Plan, Result
from chat.tests.programs import PROJECT, free_port

# What a server does with a text that a member should hear.
Deliver = Callable[[ServerConnection, str], Awaitable[None]]


@asynccontextmanager
async def server_that(deliver: Deliver) -> AsyncIterator[str]:
    """The address of a server like that of the chapter Groups, but for one thing."""
    members: list[ServerConnection] = []

    def refuse(socket: ServerConnection, request: Request) -> Response | None:
        is_there = request.path == "/ws/chat/"
        return None if is_there else socket.respond(HTTPStatus.FORBIDDEN, "")

    async def handle(socket: ServerConnection) -> None:
        members.append(socket)
        async for text in socket:
            for member in list(members):
                await deliver(member, str(text))
        members.remove(socket)

    async with serve(handle, "127.0.0.1", 0, process_request=refuse) as server:
        host, port = server.sockets[0].getsockname()
        yield f"ws://{host}:{port}"


async def result_of(url: str, **plan: int) -> Result:
    """What comes of six messages to three members, if not told otherwise."""
    few = {"rooms": 1, "members": 3, "messages": 6, "in_flight": 6, "rate": None}
    async with AsyncExitStack() as stack:
        rooms = await load.enter_rooms(
            Plan(urls=[url], **few | plan), lambda: None, stack
        )
        return await load.talk(rooms, lambda: None)


def number_in(text: str) -> int:
    """The number of a message; -1 for the ping with which the test begins."""
    mark = MARK.search(text)
    return int(mark[2]) if mark else -1


def test_every_delivery_is_counted(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plot = tmp_path / "plot.svg"
    options = ["--rooms", "2", "--members", "4", "--messages", "5", "--plot", str(plot)]
    call_command("loadtest", "--url", f"ws://{server}", *options)

    table = " ".join(capsys.readouterr().out.replace("│", " ").split())
    # In each of two rooms, three of four members hear each of five messages.
    assert "deliveries 30 of 30" in table
    assert "lost 0 duplicated 0 out of order 0" in table
    assert "KiB" in table
    assert ElementTree.parse(plot).getroot().tag.endswith("svg")
    assert "href" not in plot.read_text()


async def test_with_a_rate_it_keeps_to_the_clock(server: str) -> None:
    result = await result_of(f"ws://{server}", messages=11, in_flight=11, rate=50)

    assert result.wrong == 0
    assert len(result.latencies) == 22
    # Ten pauses of 20 ms.
    assert result.seconds >= 0.2


@pytest.mark.parametrize("in_flight", [1, 3])
async def test_so_many_messages_are_on_their_way(in_flight: int) -> None:
    delivered: Counter[str] = Counter()
    most = 0

    async def deliver(member: ServerConnection, text: str) -> None:
        nonlocal most
        if MARK.search(text):
            await asyncio.sleep(0.01)
            delivered[text] += 1
            on_their_way = [text for text in delivered if delivered[text] < 3]
            most = max(most, len(on_their_way))
        await member.send(text)

    async with server_that(deliver) as url:
        result = await result_of(url, in_flight=in_flight)

    assert result.wrong == 0
    assert most == in_flight


async def loses(member: ServerConnection, text: str) -> None:
    if number_in(text) != 2:
        await member.send(text)


async def doubles(member: ServerConnection, text: str) -> None:
    await member.send(text)
    if number_in(text) == 2:
        await member.send(text)


async def misdirects(member: ServerConnection, text: str) -> None:
    await member.send(text)
    if number_in(text) == 2:
        await member.send(text.replace(".0.", ".1."))


async def swaps(member: ServerConnection, text: str) -> None:
    # Of three members, the same one sends the messages 1 and 4.
    if number_in(text) != 1:
        await member.send(text)
    if number_in(text) == 4:
        await member.send(text.replace(".4>", ".1>"))


async def invents(member: ServerConnection, text: str) -> None:
    await member.send(text)
    if number_in(text) == 2:
        await member.send(text.replace(".2>", ".99>"))


async def takes_its_time(member: ServerConnection, text: str) -> None:
    await asyncio.sleep(0.1)
    await member.send(text)


@pytest.mark.parametrize(
    ("deliver", "lost", "surplus", "late"),
    [
        (loses, 3, 0, 0),
        (doubles, 0, 3, 0),
        (misdirects, 0, 3, 0),
        (invents, 0, 3, 0),
        (swaps, 0, 0, 3),
        # All of it takes longer than silence may last.
        (takes_its_time, 0, 0, 0),
    ],
)
async def test_what_a_server_does_wrong_is_counted(
    deliver: Deliver,
    lost: int,
    surplus: int,
    late: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(load, "SECONDS_OF_SILENCE", 0.5)
    async with server_that(deliver) as url:
        result = await result_of(url)

    assert (result.lost, result.surplus, result.late) == (lost, surplus, late)
    assert result.expected == 18
    assert result.wrong == lost + surplus + late


async def test_it_fails_when_something_is_lost(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(load, "SECONDS_OF_SILENCE", 0.5)
    options = ["--members", "2", "--messages", "4"]
    async with server_that(loses) as url:
        with pytest.raises(CommandError, match="Not every message arrived"):
            await asyncio.to_thread(call_command, "loadtest", "--url", url, *options)

    table = " ".join(capsys.readouterr().out.replace("│", " ").split())
    # It stops at the message that it waits for in vain.
    assert "deliveries 4 of 6" in table
    assert "lost 2" in table


async def complains(member: ServerConnection, text: str) -> None:
    payload = {"detail": "Not sent, because you send too fast."}
    is_probe = number_in(text) == -1
    await member.send(
        text if is_probe else json.dumps({"action": "error", "payload": payload})
    )


async def hangs_up(member: ServerConnection, text: str) -> None:
    if number_in(text) == 2:
        await member.close(4008)
    else:
        await member.send(text)


@pytest.mark.parametrize(
    ("deliver", "sentence"),
    [
        (complains, "refused a message: Not sent, because you send too fast."),
        (hangs_up, "closed a connection with 4008"),
    ],
)
async def test_it_says_what_the_server_refuses(deliver: Deliver, sentence: str) -> None:
    async with server_that(deliver) as url:
        with pytest.raises(ServerError, match=sentence):
            await result_of(url)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--url", "ws://192.0.2.1:8000"], "not the address of a server on this"),
        (["--url", "http://127.0.0.1:8000"], "not the address of a server on this"),
        (["--url", "ws://127.0.0.1:port"], "not the address of a server on this"),
        (["--members", "0"], "'0' is not a whole number from 1 up"),
        (["--messages", "many"], "'many' is not a whole number from 1 up"),
        (["--rate", "-1"], "'-1' is not a whole number from 1 up"),
        (["--rate", "5", "--in-flight", "5"], "not allowed with argument"),
        (["--members", "99999999"], "lets a program open [0-9]+ files"),
    ],
)
def test_it_says_what_to_do_about_bad_options(
    options: list[str], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("loadtest", *options)


def test_without_being_asked_it_leaves_no_file(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    call_command("loadtest", "--url", f"ws://{server}", "--members=2", "--messages=2")

    assert not list(tmp_path.iterdir())


def test_it_says_that_no_server_listens() -> None:
    with pytest.raises(CommandError, match="No server listens at"):
        call_command("loadtest", "--url", f"ws://127.0.0.1:{free_port()}")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--members", "1"], "take at least --members 2"),
        (["--members", "2", "--plot", "/nowhere/p.svg"], "/nowhere/p.svg can't be"),
    ],
)
def test_it_says_what_this_server_cannot_do(
    server: str, options: list[str], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("loadtest", "--url", f"ws://{server}", "--messages=2", *options)


def wait_for_connections(pid: int, number: int) -> None:
    deadline = time.monotonic() + 60
    while len(psutil.Process(pid).net_connections("tcp")) < number:
        assert time.monotonic() < deadline
        time.sleep(0.02)


# What Ctrl-C does, at the end of the input: on Windows, no signal does it.
INTERRUPTED = """
import _thread, runpy, sys, threading

def interrupt():
    sys.stdin.read()
    _thread.interrupt_main()

threading.Thread(target=interrupt, daemon=True).start()
sys.argv[:] = ["manage.py", *sys.argv[1:]]
runpy.run_path("manage.py", run_name="__main__")
"""


def test_ctrl_c_ends_it(server: str) -> None:
    options = ["--url", f"ws://{server}", "--members", "3", "--rate", "1"]
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, "loadtest", *options],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait_for_connections(process.pid, 3)
        # Which ends the input.
        output, _ = process.communicate(timeout=30)
    finally:
        process.kill()

    assert process.returncode == 130
    assert output.strip() == "CommandError: Stopped."
