from channels.testing import WebsocketCommunicator

from config.asgi import application

HEADERS = [(b"origin", b"http://localhost")]
ANSWER = "1"


async def test_bob_gets_his_own_count() -> None:
    alice = WebsocketCommunicator(application, "/ws/echo/", headers=HEADERS)
    bob = WebsocketCommunicator(application, "/ws/echo/", headers=HEADERS)
    await alice.connect()
    for number in "1", "2":
        await alice.send_to(text_data="hello")
        assert await alice.receive_from() == number

    await bob.connect()
    await bob.send_to(text_data="hello")

    assert await bob.receive_from() == ANSWER
    await alice.disconnect()
    await bob.disconnect()
