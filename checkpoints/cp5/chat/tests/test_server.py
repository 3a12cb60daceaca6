import json
from urllib.parse import quote

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

ORIGIN = "http://localhost"


@pytest.mark.parametrize("room", ["lobby", "Μεγάλη αίθουσα", "🎉"])
async def test_daphne_carries_a_text_to_the_room(server: str, room: str) -> None:
    url = f"ws://{server}/ws/chat/{quote(room)}/?username="
    async with (
        connect(f"{url}alice", origin=ORIGIN) as alice,
        connect(f"{url}{quote('Ελένη')}", origin=ORIGIN) as eleni,
    ):
        await eleni.send("hello")

        for socket in [alice, eleni]:
            assert json.loads(await socket.recv()) == {
                "username": "Ελένη",
                "message": "hello",
            }


async def close_code(url: str, frame: str | bytes | None = None) -> int:
    """The code of the close that follows one error frame."""
    async with connect(url, origin=ORIGIN) as socket:
        if frame is not None:
            await socket.send(frame)
        assert list(json.loads(await socket.recv())) == ["error"]
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd
    return closed.value.rcvd.code


@pytest.mark.parametrize(("fault", "code"), [(b"\x00", 4003), ("x" * 4097, 4009)])
async def test_the_client_learns_why_it_was_closed(
    server: str, fault: str | bytes, code: int
) -> None:
    url = f"ws://{server}/ws/chat/lobby/?username=alice"

    assert await close_code(url, fault) == code


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/ws/chat/lobby/", 4001),
        ("/ws/chat/lobby/?username=%20%20", 4001),
        ("/ws/chat/lobby/?username=%ff%fe" + "x" * 40, 4001),
        ("/ws/chat/" + "x" * 81 + "/?username=alice", 4004),
    ],
)
async def test_the_client_learns_why_it_may_not_enter(
    server: str, path: str, code: int
) -> None:
    assert await close_code(f"ws://{server}{path}") == code


@pytest.mark.parametrize("origin", ["http://elsewhere.example", None])
async def test_a_foreign_page_is_refused(server: str, origin: str | None) -> None:
    with pytest.raises(InvalidStatus, match="HTTP 403"):
        await connect(f"ws://{server}/ws/chat/lobby/?username=alice", origin=origin)


@pytest.mark.parametrize(
    "path", ["/ws/", "/ws/chat/", "/ws/chat//", "/ws/chat/a/b/", "/elsewhere"]
)
async def test_an_unknown_path_is_refused(server: str, path: str) -> None:
    with pytest.raises(InvalidStatus, match="HTTP 403"):
        await connect(f"ws://{server}{path}?username=alice", origin=ORIGIN)
