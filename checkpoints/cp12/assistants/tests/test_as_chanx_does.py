"""The same with Chanx's own test case, and a source that says what the test wants."""

from collections.abc import AsyncGenerator
from unittest.mock import patch

from chanx.channels.testing import WebsocketTestCase
from chanx.messages.incoming import PingMessage
from chanx.messages.outgoing import PongMessage

from assistants import writing
from assistants.conversation_consumer import ConversationAssistantConsumer
from assistants.messages import AssistantMessage
from assistants.models import Answer
from config.asgi import application


async def hello(question: str, before: list[Answer]) -> AsyncGenerator[str, None]:
    """Say it in words."""
    for word in ["Hello", " ", "world"]:
        yield word


class TestConversationAssistantConsumer(WebsocketTestCase):
    """A client without a cookie."""

    router = application
    consumer = ConversationAssistantConsumer
    ws_path = "/ws/assistants/"

    async def test_connect_and_ping(self) -> None:
        """Whoever is in gets an answer to a ping, and nothing before."""
        await self.auth_communicator.connect()
        await self.auth_communicator.send_message(PingMessage())

        assert await self.auth_communicator.receive_all_messages() == [PongMessage()]

    async def test_an_answer_is_all_that_comes_before_its_completion(self) -> None:
        """The handler takes as long as the answer, so all of it is received."""
        await self.auth_communicator.connect()
        with patch.object(writing, "answer_to", hello):
            await self.auth_communicator.send_message(AssistantMessage(payload="Hi"))
            start, *pieces, end = await self.auth_communicator.receive_all_messages(
                timeout=10
            )

        assert start.action == "streaming_start"
        assert {piece.action for piece in pieces} == {"streaming"}
        assert "".join(piece.payload.content for piece in pieces) == "Hello world"
        assert end.action == "complete_streaming"
