from collections.abc import Callable

from chanx.channels.testing import WebsocketCommunicator

from assistants.models import Answer
from assistants.tests.conftest import Connect, Source
from assistants.tests.test_assistants import Held, answered, ask, hear, piece, saying

AnswerWith = Callable[[Source], None]


async def forget(client: WebsocketCommunicator) -> list[str]:
    """Send the message, and return the questions that are left."""
    await client.send_json_to({"action": "forget_conversation"})
    message = await hear(client)
    assert message["action"] == "conversation", message
    return [answer["question"] for answer in message["payload"]]


async def test_questions_and_answers_are_deleted(
    connect: Connect, answer_with: AnswerWith
) -> None:
    """Add the message and its handler, which deletes the answers of self.owner."""
    answer_with(saying("yes"))
    client = await connect()
    await answered(client)

    assert await forget(client) == []
    assert not await Answer.objects.aexists()


async def test_the_answers_of_others_stay(
    connect: Connect, answer_with: AnswerWith
) -> None:
    """Delete only answers whose owner has asked for it."""
    answer_with(saying("yes"))
    client, other = await connect(), await connect()
    await answered(client)
    await answered(other)

    assert await forget(client) == []
    assert await Answer.objects.acount() == 1


async def test_an_answer_that_is_being_written_stays(
    connect: Connect, answer_with: AnswerWith
) -> None:
    """Leave out what is being written: its task would find nothing to write to."""
    answer_with(Held())
    client = await connect()
    await ask(client, "And?")
    await piece(client)

    assert await forget(client) == ["And?"]
