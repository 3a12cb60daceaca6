from channels.testing import WebsocketCommunicator

from config.asgi import application

ELSEWHERE = [(b"origin", b"http://elsewhere.example")]


async def test_a_foreign_page_is_refused() -> None:
    client = WebsocketCommunicator(application, "/ws/echo/", headers=ELSEWHERE)

    accepted, _ = await client.connect()

    assert not accepted
