from typing import Any

from chanx.channels.testing import WebsocketCommunicator

from assistants import answers
from assistants.conversation_consumer import ConversationAssistantConsumer
from assistants.models import COMPLETE, Answer
from config.asgi import application


async def heard(client: WebsocketCommunicator, action: str) -> Any:
    """The payload of the next message with this action."""
    while (message := await client.receive_json_from(10))["action"] != action:
        assert message["action"] != "error", message
    return message["payload"]


def answered(owner: str) -> None:
    """The owner has a whole answer."""
    id = answers.begin(owner, "?")
    answers.add(id, 1, "yes")
    answers.end(id, COMPLETE, "")


async def test_questions_and_answers_are_deleted() -> None:
    """Add the message and its handler, which deletes the answers of self.owner."""
    client = WebsocketCommunicator(
        application,
        "/ws/assistants/",
        headers=[(b"origin", b"http://localhost")],
        consumer=ConversationAssistantConsumer,
    )
    await client.connect()
    question = {"action": "assistant_message", "payload": "How do I bake bread?"}
    await client.send_json_to(question)
    await heard(client, "complete_streaming")

    await client.send_json_to({"action": "forget_conversation"})

    assert await heard(client, "conversation") == []
    assert not await Answer.objects.aexists()
    await client.disconnect()


def test_the_answers_of_others_stay() -> None:
    """Delete only answers whose owner has asked for it."""
    for owner in ["alice", "bob"]:
        answered(owner)

    answers.forget("alice")

    assert [answer.owner for answer in Answer.objects.all()] == ["bob"]


def test_an_answer_that_is_being_written_stays() -> None:
    """Leave out what is being written: its task would find nothing to write to."""
    answered("alice")
    id = answers.begin("alice", "And?")

    answers.forget("alice")

    assert [answer.pk for answer in Answer.objects.all()] == [id]
