import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus


async def test_daphne_echoes_text_and_bytes(server: str) -> None:
    url = f"ws://{server}/ws/echo/"
    async with connect(url, origin="http://localhost") as socket:
        await socket.send("hello")
        assert await socket.recv() == "hello"

        await socket.send(b"\x00\xff")
        assert await socket.recv() == b"\x00\xff"


@pytest.mark.parametrize("origin", ["http://elsewhere.example", None])
async def test_a_foreign_page_is_refused(server: str, origin: str | None) -> None:
    with pytest.raises(InvalidStatus, match="HTTP 403"):
        await connect(f"ws://{server}/ws/echo/", origin=origin)
