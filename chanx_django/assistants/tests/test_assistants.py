"""What somebody who asks the assistant sees."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from typing import Any

import pytest
from chanx.channels.testing import WebsocketCommunicator
from chanx.messages.incoming import PingMessage
from chanx.messages.outgoing import ErrorMessage
from django.db import OperationalError

from accounts import rights
from assistants import answers, quotes, writing
from assistants.messages import (
    AssistantMessage,
    CompleteStreamingMessage,
    Conversation,
    GetConversation,
    StreamingMessage,
    StreamingStartMessage,
)
from assistants.models import BROKEN, COMPLETE, STOPPED, WRITING, Answer, Piece
from assistants.tests.conftest import Connect, Source, new_session, writing_is_over
from chat.database import TRY_AGAIN
from chat.messages import now

AnswerWith = Callable[[Source], None]


def saying(*words: str) -> Source:
    """A source that says these words, and is then complete."""

    async def answer(question: str, before: list[Answer]) -> AsyncGenerator[str, None]:
        for word in words:
            yield word
            await asyncio.sleep(0.02)

    return answer


class Held:
    """A source that says a word, and the next when it is let go."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.is_closed = False

    async def __call__(
        self, question: str, before: list[Answer]
    ) -> AsyncGenerator[str, None]:
        try:
            yield "one"
            await self.go_on.wait()
            yield " two"
        finally:
            self.is_closed = True


async def hear(client: WebsocketCommunicator) -> dict[str, Any]:
    """The next message, without those that tell a test that a handler is done."""
    while (message := await client.receive_json_from(10))["action"] == "complete":
        pass
    return dict(message)


async def ask(client: WebsocketCommunicator, question: str = "?") -> int:
    """Ask, and return the id of the answer that begins."""
    await client.send_message(AssistantMessage(payload=question))
    return StreamingStartMessage.model_validate(await hear(client)).payload.id


async def send(client: WebsocketCommunicator, action: str, **payload: Any) -> None:
    await client.send_json_to({"action": action, "payload": payload})


async def piece(client: WebsocketCommunicator) -> StreamingMessage:
    """The next piece."""
    return StreamingMessage.model_validate(await hear(client))


async def rest(client: WebsocketCommunicator) -> tuple[str, CompleteStreamingMessage]:
    """The text of the pieces that are left, and the end; no index is left out."""
    texts, indexes = [], []
    while (message := await hear(client))["action"] == "streaming":
        texts.append(message["payload"]["content"])
        indexes.append(message["payload"]["index"])
    end = CompleteStreamingMessage.model_validate(message)
    last = end.payload.index
    assert indexes == [*range(last - len(texts) + 1, last + 1)]
    return "".join(texts), end


async def answered(
    client: WebsocketCommunicator,
) -> tuple[str, CompleteStreamingMessage]:
    """Ask, and return the whole answer and its end."""
    await ask(client)
    return await rest(client)


async def fault(client: WebsocketCommunicator) -> str:
    """The error that the client gets next."""
    return str(ErrorMessage.model_validate(await hear(client)).payload)


async def conversation(client: WebsocketCommunicator) -> Conversation:
    await client.send_message(GetConversation())
    return Conversation.model_validate(await hear(client))


async def test_an_answer_comes_in_pieces_with_an_index(
    connect: Connect, answer_with: AnswerWith
) -> None:
    answer_with(saying("Hello", " ", "world"))
    client = await connect()

    await client.send_message(AssistantMessage(payload="Say hello"))
    start, *pieces, end = await client.receive_all_messages(timeout=10)

    assert start.action == "streaming_start"
    assert {piece.action for piece in pieces} == {"streaming"}
    assert "".join(piece.payload.content for piece in pieces) == "Hello world"
    assert [it.payload.index for it in pieces] == [*range(1, len(pieces) + 1)]
    assert end.payload.model_dump() == {
        "content": "",
        "id": start.payload.id,
        "index": len(pieces),
        "state": COMPLETE,
    }


async def test_the_assistant_quotes_the_course(connect: Connect) -> None:
    client = await connect()

    await ask(client, "How do I reconnect?")
    text, end = await rest(client)

    assert "(guide/browser.html#a-connection-that-mends-itself)" in text
    assert end.payload.state == COMPLETE


async def test_it_says_so_when_it_finds_nothing(connect: Connect) -> None:
    client = await connect()

    await ask(client, "How do I bake bread?")

    assert (await rest(client))[0] == quotes.NOTHING


async def test_the_conversation_is_kept_for_its_owner(
    connect: Connect, answer_with: AnswerWith
) -> None:
    answer_with(saying("yes"))
    session = await new_session()
    client = await connect(session)
    for question in ["One?", "Two?"]:
        await ask(client, question)
        await rest(client)

    kept = await conversation(await connect(session))
    assert [(it.question, it.content) for it in kept.payload] == [
        ("One?", "yes"),
        ("Two?", "yes"),
    ]
    assert (await conversation(await connect(await new_session()))).payload == []
    assert (await conversation(await connect())).payload == []


async def test_what_was_said_before_goes_along(
    connect: Connect, answer_with: AnswerWith
) -> None:
    async def repeat(question: str, before: list[Answer]) -> AsyncGenerator[str, None]:
        yield " ".join([*[answers.text_of(it) for it in before], question])

    answer_with(repeat)
    client = await connect()
    texts = []
    for question in ["one", "two"]:
        await ask(client, question)
        texts.append((await rest(client))[0])

    assert texts == ["one", "one two"]


async def test_who_comes_back_gets_the_rest_without_a_hole_or_a_double(
    connect: Connect, answer_with: AnswerWith
) -> None:
    held = Held()
    answer_with(held)
    session = await new_session()
    first = await connect(session)
    id = await ask(first)
    known = (await piece(first)).payload
    await first.disconnect()

    held.go_on.set()
    second = await connect(session)
    await send(second, "resume_streaming", id=id, index=known.index)
    text, _ = await rest(second)
    await send(second, "resume_streaming", id=id, index=0)
    whole, _ = await rest(second)

    assert (known.content, text, whole) == ("one", " two", "one two")


async def test_an_answer_is_seen_in_two_windows(
    connect: Connect, answer_with: AnswerWith
) -> None:
    held = Held()
    answer_with(held)
    session = await new_session()
    first, second = await connect(session), await connect(session)
    id = await ask(first)
    await piece(first)
    await send(second, "resume_streaming", id=id, index=0)
    assert (await piece(second)).payload.content == "one"

    held.go_on.set()

    for client in [first, second]:
        assert (await rest(client))[0] == " two"


async def test_stop_takes_effect_at_once(
    connect: Connect, answer_with: AnswerWith
) -> None:
    held = Held()
    answer_with(held)
    client = await connect()
    id = await ask(client)
    await piece(client)

    began = time.monotonic()
    await send(client, "stop_streaming", id=id)
    text, end = await rest(client)
    took = time.monotonic() - began

    assert (text, end.payload.state) == ("", STOPPED)
    await writing_is_over()
    assert held.is_closed
    # It is 0.2 s that are promised; a machine that is busy may need more.
    print(f"It took {took:.3f} s to stop.")
    assert took < 2
    assert [it.text async for it in Piece.objects.all()] == ["one"]


async def test_a_writer_elsewhere_notices_that_it_was_stopped(
    connect: Connect, answer_with: AnswerWith
) -> None:
    held = Held()
    answer_with(held)
    session = await new_session()
    client = await connect(session)
    id = await ask(client)
    await piece(client)

    # The other server has no task to cancel.
    task = writing.running.pop(id)
    await send(client, "stop_streaming", id=id)
    await rest(client)
    held.go_on.set()
    await task

    assert held.is_closed
    assert (await Answer.objects.aget()).state == STOPPED


async def test_a_second_question_is_refused(
    connect: Connect, answer_with: AnswerWith
) -> None:
    answer_with(Held())
    session = await new_session()
    client, window = await connect(session), await connect(session)
    await ask(client)
    await piece(client)

    for other in [client, window]:
        await other.send_message(AssistantMessage(payload="And?"))
        assert "One answer at a time" in await fault(other)

    await ask(await connect(await new_session()))


async def test_an_answer_whose_server_was_killed_can_be_asked_for_again(
    connect: Connect, answer_with: AnswerWith
) -> None:
    answer_with(Held())
    session = await new_session()
    client = await connect(session)
    id = await ask(client)
    await piece(client)
    writing.running[id].cancel()
    assert (await conversation(await connect(session))).payload[0].state == WRITING

    await Answer.objects.aupdate(alive_at=now() - timedelta(seconds=11))

    text, end = await rest(client)
    assert (text, end.payload.state) == ("", BROKEN)
    assert end.payload.content == answers.SERVER_IS_GONE
    assert (await conversation(client)).payload[0].content == "one"
    assert await ask(client) > id


async def test_an_answer_is_cut(
    connect: Connect, answer_with: AnswerWith, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MAX_CHARACTERS", 10)
    answer_with(saying("123456", "7890123", "never"))
    client = await connect()

    text, end = await answered(client)

    assert (text, end.payload.content) == ("1234567890", "Cut after 10 characters.")


async def test_an_answer_takes_so_long_and_no_longer(
    connect: Connect, answer_with: AnswerWith, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MAX_SECONDS", 0.1)
    held = Held()
    answer_with(held)
    client = await connect()

    text, end = await answered(client)

    assert (text, end.payload.content) == ("one", "Cut after 0.1 s.")
    assert held.is_closed


@pytest.mark.parametrize("words", [[], [""]])
async def test_an_empty_answer_is_said(
    connect: Connect, answer_with: AnswerWith, words: list[str]
) -> None:
    answer_with(saying(*words))
    client = await connect()

    assert "empty" in (await answered(client))[1].payload.content


async def test_a_source_that_fails_is_logged(
    connect: Connect, answer_with: AnswerWith, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(question: str, before: list[Answer]) -> AsyncGenerator[str, None]:
        yield "one"
        raise KeyError("the cause")

    answer_with(fail)
    client = await connect()

    text, end = await answered(client)

    assert (text, end.payload.state) == ("one", BROKEN)
    assert "server's log" in end.payload.content
    assert "the cause" in caplog.text


def disk_is_full(*args: Any) -> None:
    raise OperationalError("disk I/O error: database is full")


async def test_a_database_that_fails_at_a_question_is_said(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = await connect()
    monkeypatch.setattr(answers, "begin", disk_is_full)

    await client.send_message(AssistantMessage(payload="?"))

    assert "database" in await fault(client)
    assert "Make room" in caplog.text


@pytest.mark.parametrize(
    "broken", [["add"], ["end"], ["after"], ["add", "end"], ["add", "end", "after"]]
)
async def test_a_database_that_fails_in_the_middle_ends_the_answer(
    connect: Connect,
    answer_with: AnswerWith,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    broken: list[str],
) -> None:
    """Where nothing more can be stored, the missing sign of life tells it."""
    monkeypatch.setattr(answers, "PATIENCE", timedelta(seconds=2))
    held = Held()
    answer_with(held)
    client = await connect()
    await ask(client)
    assert (await piece(client)).payload.content == "one"

    for name in broken:
        monkeypatch.setattr(answers, name, disk_is_full)
    held.go_on.set()

    _, end = await rest(client)
    assert end.payload.state == BROKEN
    assert end.payload.content in [TRY_AGAIN, answers.SERVER_IS_GONE]
    assert "Make room" in caplog.text
    await client.send_message(PingMessage())
    assert (await hear(client))["action"] == "pong"


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"action": "assistant_message", "payload": ""}, "at least 1 character"),
        ({"action": "assistant_message", "payload": " \n"}, "at least 1 character"),
        ({"action": "assistant_message", "payload": "a\0b"}, "U+0000"),
        ({"action": "assistant_message", "payload": "x" * 2001}, "at most 2000"),
        ({"action": "assistant_message", "payload": "x" * 100_000}, "at most 65,536"),
        ({"action": "assistant_message", "payload": {"a": 1}}, "valid string"),
        ({"action": "stop_streaming", "payload": {"id": 1}}, "No answer 1 of yours"),
        ({"action": "stop_streaming", "payload": {"id": -1}}, "greater than"),
        (
            {"action": "resume_streaming", "payload": {"id": 1, "index": 0}},
            "There is no answer 1 of yours",
        ),
        (
            {"action": "resume_streaming", "payload": {"id": 10**30, "index": 0}},
            "less than",
        ),
        ({"action": "no_such_action"}, "no_such_action"),
        ([1], "dictionary"),
    ],
)
async def test_bad_input_gets_an_error(
    connect: Connect, message: Any, said: str
) -> None:
    client = await connect()

    await client.send_json_to(message)

    error = await fault(client)
    assert said in error
    assert len(error) < 1000
    assert writing.running == {}
    assert not await Answer.objects.aexists()


async def test_an_index_of_another_answer_and_the_answers_of_others(
    connect: Connect, answer_with: AnswerWith
) -> None:
    answer_with(saying("short"))
    client = await connect()
    _, end = await answered(client)
    id = end.payload.id

    await send(client, "resume_streaming", id=id, index=7)
    assert f"Answer {id} has no piece 7: its last is 1." in await fault(client)
    await send(client, "stop_streaming", id=id)
    assert f"No answer {id} of yours" in await fault(client)

    held = Held()
    answer_with(held)
    id = await ask(client)
    stranger = await connect()
    for action in ["resume_streaming", "stop_streaming"]:
        await send(stranger, action, id=id, index=0)
        assert f"o answer {id} of yours" in await fault(stranger)
    held.go_on.set()
    assert (await rest(client))[0] == "one two"


async def test_who_asks_too_fast_is_told_to_wait(connect: Connect) -> None:
    client = await connect()

    heard: dict[str, Any] = {"action": "conversation"}
    while heard["action"] == "conversation":
        await client.send_message(GetConversation())
        heard = await hear(client)

    assert "you send too fast" in heard["payload"]["detail"]


async def test_the_right_of_who_is_logged_in_is_watched(connect: Connect) -> None:
    session = await new_session("ada")

    client = await connect(session)
    assert len(rights.held) == 1

    await client.disconnect()
    assert not rights.held
