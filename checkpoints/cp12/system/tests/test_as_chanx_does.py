"""The same with Chanx's own test case: a class, with one client made ready."""

from chanx.channels.testing import WebsocketTestCase
from chanx.messages.incoming import PingMessage
from chanx.messages.outgoing import ErrorMessage, PongMessage

from config.asgi import application
from system.consumers.system_consumer import SystemConsumer
from system.messages import SystemMessage, TaskPayload


class TestSystemConsumer(WebsocketTestCase):
    """A client without a cookie."""

    router = application
    consumer = SystemConsumer
    ws_path = "/ws/system/"

    async def test_connect_and_ping(self) -> None:
        """What the server answers to one message: all up to its completion."""
        await self.auth_communicator.connect()
        await self.auth_communicator.send_message(PingMessage())

        assert await self.auth_communicator.receive_all_messages() == [PongMessage()]

    async def test_who_has_no_cookie_has_no_jobs(self) -> None:
        """The answer is an error, which has a sentence."""
        await self.auth_communicator.connect()
        asked = TaskPayload(task_type="export", content="lobby")
        await self.auth_communicator.send_message(SystemMessage(payload=asked))

        [answer] = await self.auth_communicator.receive_all_messages()
        assert isinstance(answer, ErrorMessage)
        assert "Open the page /system/ first" in str(answer.payload)
