import json
from collections import Counter
from urllib.parse import quote

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

ORIGIN = "http://localhost"


@pytest.mark.parametrize("room", ["lobby", "Μεγάλη αίθουσα", "🎉"])
async def test_daphne_carries_a_message_to_the_room(server: str, room: str) -> None:
    url = f"ws://{server}/ws/chat/{quote(room)}/?username="
    async with (
        connect(f"{url}alice", origin=ORIGIN) as alice,
        connect(f"{url}{quote('Ελένη')}", origin=ORIGIN) as eleni,
    ):
        assert json.loads(await alice.recv())["action"] == "user_joined"
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


async def send_frames(socket: ClientConnection, number: int) -> Counter[str]:
    """Send so many frames as fast as it goes. What came back, by action."""
    for _ in range(number):
        await socket.send(json.dumps({"action": "ping"}))
    return Counter([json.loads(await socket.recv())["action"] for _ in range(number)])


async def test_who_comes_back_may_send_what_was_kept(server: str) -> None:
    """100 messages, each with the begin and the end of typing."""
    async with connect(f"ws://{server}/ws/chat/lobby/", origin=ORIGIN) as socket:
        assert await send_frames(socket, 300) == {"pong": 300}


async def test_who_goes_on_sending_too_fast_is_closed(server: str) -> None:
    answers: Counter[str] = Counter()

    async def go_on(socket: ClientConnection) -> None:
        # Few at once, to read in between: Daphne cuts off who does not answer a close
        # within a second, and who only sends may never see its code. 800 would do.
        for _ in range(100):
            answers.update(await send_frames(socket, 50))

    async with connect(f"ws://{server}/ws/chat/lobby/", origin=ORIGIN) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await go_on(socket)

    assert answers["pong"] >= 400
    assert answers["error"] >= 1
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 4008


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
