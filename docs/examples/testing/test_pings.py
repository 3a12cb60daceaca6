from chanx.channels.testing import WebsocketCommunicator
from chanx.messages.incoming import PingMessage
from chanx.messages.outgoing import ErrorMessage, PongMessage
from testing.pings import PingConsumer


def client() -> WebsocketCommunicator:
    return WebsocketCommunicator(
        PingConsumer.as_asgi(), "/ws/pings/", consumer=PingConsumer
    )


async def test_a_ping_gets_a_pong() -> None:
    async with client() as alice:
        await alice.send_message(PingMessage())

        assert await alice.receive_all_messages() == [PongMessage()]


async def test_an_unknown_action_gets_an_error() -> None:
    async with client() as alice:
        await alice.send_json_to({"action": "dance"})

        [answer] = await alice.receive_all_messages()
        assert isinstance(answer, ErrorMessage)
