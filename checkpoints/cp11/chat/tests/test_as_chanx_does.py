"""What Chanx's own tutorial asks of a chat, with its test case.

Its clients have no name in their address, no origin and no account, and they give their
messages no ids. All of that has to stay enough.
"""

from chanx.channels.testing import WebsocketTestCase
from chanx.constants import GROUP_ACTION_COMPLETE
from chanx.messages.incoming import PingMessage
from chanx.messages.outgoing import PongMessage

from chat.consumers.chat_consumer import ChatConsumer
from chat.messages import ChatMessagePayload, NewChatMessage

HELLO = NewChatMessage(payload=ChatMessagePayload(message="hello", name="alice"))


class TestChatConsumer(WebsocketTestCase):
    """Clients that Chanx makes, each for a path."""

    consumer = ChatConsumer
    ws_path = "/ws/chat/lobby/"

    async def test_connect_and_ping(self) -> None:
        """The answer to a ping, and nothing before it."""
        await self.auth_communicator.connect()
        await self.auth_communicator.send_message(PingMessage())

        assert await self.auth_communicator.receive_all_messages() == [PongMessage()]

    async def test_a_message_goes_to_the_others_in_its_room(self) -> None:
        """Its sender gets no answer, and another room nothing at all."""
        await self.auth_communicator.connect()
        bob = self.create_communicator()
        carol = self.create_communicator(ws_path="/ws/chat/attic/")
        await bob.connect()
        await carol.connect()

        await self.auth_communicator.send_message(HELLO)

        [heard] = await bob.receive_all_messages(GROUP_ACTION_COMPLETE, timeout=10)
        assert isinstance(heard, NewChatMessage)
        assert (heard.payload.message, heard.payload.name) == ("hello", "alice")
        assert await self.auth_communicator.receive_all_messages() == []
        assert await carol.receive_nothing()
