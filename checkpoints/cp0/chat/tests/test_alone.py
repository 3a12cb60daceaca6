from channels.testing import WebsocketCommunicator

from chat.tests.test_echo import HEADERS
from config.asgi import application


async def test_only_the_sender_hears_the_echo() -> None:
    alice = WebsocketCommunicator(application, "/ws/echo/", headers=HEADERS)
    bob = WebsocketCommunicator(application, "/ws/echo/", headers=HEADERS)
    await alice.connect()
    await bob.connect()

    await alice.send_to(text_data="hello")

    assert await alice.receive_from() == "hello"
    assert await bob.receive_nothing()
    await alice.disconnect()
    await bob.disconnect()
