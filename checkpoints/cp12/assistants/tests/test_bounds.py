"""How much one owner, one address and everybody together may have."""

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from assistants import answers, writing
from assistants.messages import AssistantMessage, GetConversation
from assistants.models import COMPLETE, Answer
from assistants.tests.conftest import Connect, Source, writing_is_over
from assistants.tests.test_assistants import Held, ask, fault, piece, rest, send
from chat import frames
from chat.messages import now


@pytest.mark.parametrize("is_from_here", [True, False])
async def test_so_many_answers_at_a_time_and_half_as_many_for_an_address(
    connect: Connect,
    answer_with: Callable[[Source], None],
    monkeypatch: pytest.MonkeyPatch,
    is_from_here: bool,
) -> None:
    answer_with(Held())
    monkeypatch.setattr(writing, "MAX_RUNNING", 4)
    for number in range(2 if is_from_here else 4):
        await ask(await connect())
        for task in [] if is_from_here else writing.running.values():
            task.set_name(f"elsewhere {number}")
    client = await connect()

    await client.send_message(AssistantMessage(payload="And?"))

    assert "too much to do" in await fault(client)
    assert not await Answer.objects.filter(question="And?").aexists()
    next(iter(writing.running.values())).cancel()
    await ask(client)


async def test_who_does_not_read_is_sent_no_more(
    connect: Connect,
    answer_with: Callable[[Source], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = Held()
    answer_with(held)
    room = asyncio.Event()
    room.set()
    monkeypatch.setattr(frames, "room_for_more", ContextVar("test", default=room))
    client = await connect()
    id = await ask(client)
    assert (await piece(client)).payload.content == "one"

    room.clear()
    held.go_on.set()
    await writing_is_over()
    # It asks the database, as does whoever sends the answer.
    await send(client, "stop_streaming", id=id)
    assert "No answer" in await fault(client)
    await client.send_message(GetConversation())
    assert "Read first what was sent to you" in await fault(client)

    room.set()
    assert (await rest(client))[0] == " two"


def answered(question: str, days_ago: int = 0) -> int:
    """Store an answer that ended so many days ago."""
    id = answers.begin("me", question)
    answers.end(id, COMPLETE, "")
    at = now() - timedelta(days=days_ago)
    Answer.objects.filter(pk=id).update(alive_at=at)
    return id


def test_of_a_conversation_the_last_ten_are_kept() -> None:
    for number in range(12):
        answers.add(answers.begin("you", "mine") if not number else 0, 1, "piece")
        answered(f"{number}")

    kept = [it.question for it in answers.conversation("me")]
    assert kept == [f"{number}" for number in range(2, 12)]
    assert Answer.objects.filter(owner="me").count() == answers.NEWEST
    assert [it.content for it in answers.conversation("you")] == ["piece"]


def test_old_answers_are_deleted_by_a_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    old = answered("old", days_ago=31)
    new = answered("new")
    answers.add(new, 1, "piece")

    call_command("forget_answers", "--older-than", "30d")

    assert capsys.readouterr().out == "Deleted 1 answers.\n"
    assert [it.pk for it in Answer.objects.all()] == [new]
    assert old != new

    with pytest.raises(CommandError, match="write an age as 30d, 12h or 5m"):
        call_command("forget_answers", "--older-than=soon")
