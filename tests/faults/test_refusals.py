"""What the public contract refuses, a hundred times while other people talk."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from urllib.parse import quote

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from tests.faults.people import PING, conversation, message
from tests.support.clients import ORIGIN, SECONDS, open_socket, url_of
from tests.support.programs import Programs
from tests.support.running import Server

TIMES = 100
AT_ONCE = 10
# Those who talk do it ten times a second.
BURST = 20
PER_SECOND = 15


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    limits = {"RATE_LIMIT_BURST": str(BURST), "RATE_LIMIT_PER_SECOND": str(PER_SECOND)}
    with Programs(tmp_path_factory.mktemp("refusals")) as programs:
        yield programs.daphne(**limits)


async def under_load(
    server: Server, refusals: list[Callable[[], Awaitable[None]]]
) -> None:
    """Go through the refusals a hundred times, ten at once, while people talk."""

    async def be_refused() -> None:
        for number in range(TIMES // AT_ONCE):
            await refusals[number % len(refusals)]()

    async with conversation([server.address]), asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(be_refused())

    assert "Traceback" not in server.output


async def receive(socket: ClientConnection) -> str:
    """The action of the next message."""
    async with asyncio.timeout(SECONDS):
        action: str = json.loads(await socket.recv())["action"]
        return action


async def receive_close(socket: ClientConnection) -> tuple[list[str], int | None]:
    """The actions of the messages until the server closes, and the code of that."""
    actions: list[str] = []
    with suppress(ConnectionClosed):
        while True:
            actions.append(await receive(socket))
    return actions, socket.close_code


async def test_who_is_not_let_in_learns_why(server: Server) -> None:
    """Nothing may be lost."""

    def refusal(path: str, code: int) -> Callable[[], Awaitable[None]]:
        async def be_refused() -> None:
            async with open_socket(f"ws://{server.address}/ws/chat/{path}") as socket:
                assert await receive_close(socket) == (["error"], code)

        return be_refused

    await under_load(
        server,
        [
            refusal("lobby/?username=", 4001),
            refusal(f"lobby/?username={'x' * 41}", 4001),
            refusal(quote("é" * 81) + "/", 4004),
        ],
    )


async def test_a_frame_that_is_too_large_closes(server: Server) -> None:
    """That frame is lost, and whoever sent it is told."""

    async def be_refused() -> None:
        frames: list[str | bytes] = ["x" * 65_537, b"x" * 65_537]
        for frame in frames:
            async with open_socket(url_of(server.address, "elsewhere")) as socket:
                await socket.send(frame)
                assert await receive_close(socket) == (["error"], 4009)

    await under_load(server, [be_refused])


async def test_who_sends_too_fast_is_told_and_then_closed(server: Server) -> None:
    """What was sent too fast is lost, and whoever sent it is told, frame by frame."""

    async def be_refused() -> None:
        async with open_socket(url_of(server.address, "elsewhere")) as socket:
            answers = []
            with suppress(ConnectionClosed):
                for _ in range(50):
                    for _ in range(BURST):
                        await socket.send(PING)
                    answers += [await receive(socket) for _ in range(BURST)]
            assert answers[:BURST] == ["pong"] * BURST
            assert socket.close_code == 4008

    await under_load(server, [be_refused])


BAD_FRAMES: list[str | bytes] = [
    "",
    "hello",
    "[]",
    '{"action": "new_chat_message"}',
    '{"action": "shout", "payload": {"message": "hello"}}',
    message(""),
    message("x" * 4097),
    message("/roll 0d6"),
    message("/roll x"),
    b"",
    b"\xff\x00",
]


async def test_a_bad_message_is_answered(server: Server) -> None:
    """That message is lost, whoever sent it is told, and the socket stays open."""

    async def be_refused() -> None:
        async with open_socket(url_of(server.address, "elsewhere")) as socket:
            for frame in BAD_FRAMES:
                await socket.send(frame)
                assert await receive(socket) == "error"
            await socket.send(PING)
            assert await receive(socket) == "pong"

    await under_load(server, [be_refused])


async def test_a_handshake_is_refused(server: Server) -> None:
    """Nothing may be lost."""

    def refusal(path: str, origin: Origin | None) -> Callable[[], Awaitable[None]]:
        async def be_refused() -> None:
            with pytest.raises(InvalidStatus, match="HTTP 403"):
                await connect(f"ws://{server.address}{path}", origin=origin)

        return be_refused

    await under_load(
        server,
        [
            refusal("/ws/", ORIGIN),
            refusal("/ws/chat/a/b/", ORIGIN),
            refusal("/elsewhere", ORIGIN),
            refusal("/ws/chat/lobby/", Origin("http://elsewhere.example")),
            refusal("/ws/chat/lobby/", None),
        ],
    )
