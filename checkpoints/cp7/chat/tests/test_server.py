import json
from urllib.parse import quote

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

ORIGIN = "http://localhost"


@pytest.mark.parametrize("room", ["lobby", "Μεγάλη αίθουσα", "🎉"])
async def test_daphne_carries_a_message_to_the_room(server: str, room: str) -> None:
    url = f"ws://{server}/ws/chat/{quote(room)}/?username="
    async with (
        connect(f"{url}alice", origin=ORIGIN) as alice,
        connect(f"{url}{quote('Ελένη')}", origin=ORIGIN) as eleni,
    ):
        payload = {"message": "hello", "name": "Ελένη"}
        await eleni.send(json.dumps({"action": "new_chat_message", "payload": payload}))

        message = json.loads(await alice.recv())
        assert message["action"] == "new_chat_message"
        assert message["payload"] | payload == message["payload"]


@pytest.mark.parametrize(
    ("path", "frame", "code"),
    [
        ("/ws/chat/lobby/", "x" * 65_537, 4009),
        ("/ws/chat/lobby/?username=%20%20", None, 4001),
        ("/ws/chat/lobby/?username=%ff%fe" + "x" * 40, None, 4001),
        ("/ws/chat/" + "x" * 81 + "/", None, 4004),
    ],
)
async def test_the_client_learns_why_it_was_closed(
    server: str, path: str, frame: str | None, code: int
) -> None:
    async with connect(f"ws://{server}{path}", origin=ORIGIN) as socket:
        if frame:
            await socket.send(frame)
        assert json.loads(await socket.recv())["action"] == "error"
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()

    assert closed.value.rcvd
    assert closed.value.rcvd.code == code


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
