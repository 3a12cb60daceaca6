import asyncio
from urllib.parse import quote

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

ORIGIN = "http://localhost"


@pytest.mark.parametrize("room", ["lobby", "Μεγάλη αίθουσα", "🎉"])
async def test_daphne_carries_a_text_to_the_room(server: str, room: str) -> None:
    url = f"ws://{server}/ws/chat/{quote(room)}/"
    async with connect(url, origin=ORIGIN) as alice, connect(url, origin=ORIGIN) as bob:
        await alice.send("hello")

        assert await alice.recv() == "hello"
        assert await bob.recv() == "hello"


@pytest.mark.parametrize(("fault", "code"), [(b"\x00", 4003), ("x" * 4097, 4009)])
async def test_the_client_learns_why_it_was_closed(
    server: str, fault: str | bytes, code: int
) -> None:
    async with connect(f"ws://{server}/ws/chat/lobby/", origin=ORIGIN) as socket:
        await socket.send(fault)

        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()

    assert closed.value.rcvd
    assert closed.value.rcvd.code == code


async def test_the_client_learns_that_a_room_name_is_too_long(server: str) -> None:
    url = f"ws://{server}/ws/chat/{'x' * 81}/"
    async with asyncio.timeout(10), connect(url, origin=ORIGIN) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()

    assert closed.value.rcvd
    assert closed.value.rcvd.code == 4004


@pytest.mark.parametrize("origin", ["http://elsewhere.example", None])
async def test_a_foreign_page_is_refused(server: str, origin: str | None) -> None:
    with pytest.raises(InvalidStatus, match="HTTP 403"):
        await connect(f"ws://{server}/ws/chat/lobby/", origin=origin)


@pytest.mark.parametrize(
    "path", ["/ws/", "/ws/chat/", "/ws/chat//", "/ws/chat/a/b/", "/elsewhere"]
)
async def test_an_unknown_path_is_refused(server: str, path: str) -> None:
    with pytest.raises(InvalidStatus, match="HTTP 403"):
        await connect(f"ws://{server}{path}", origin=ORIGIN)
