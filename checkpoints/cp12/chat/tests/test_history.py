"""What is stored, what its sender is told, and what others are given later."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from chanx.channels.testing import WebsocketCommunicator
from chanx.messages.outgoing import ErrorMessage
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from chat import database, history
from chat.consumers.chat_consumer import ChatConsumer
from chat.messages import (
    ChatMessagePayload,
    GetHistory,
    GetHistoryPayload,
    History,
    HistoryPayload,
    MessageSaved,
    NewChatMessage,
    now,
)
from chat.models import Message, Room
from chat.tests.conftest import Join, client_for
from chat.tests.test_chat_consumer import assert_refused, heard, say


async def answers(client: WebsocketCommunicator) -> list[Any]:
    """What the server answers to the one message that the client has sent."""
    return await client.receive_all_messages()


async def saved(client: WebsocketCommunicator) -> MessageSaved:
    """The next answer that a message is stored."""
    while (answer := await client.receive_json_from())["action"] != "message_saved":
        pass
    return MessageSaved.model_validate(answer)


async def ask(client: WebsocketCommunicator, **asked: Any) -> HistoryPayload:
    """The one answer to get_history."""
    await client.send_message(GetHistory(payload=GetHistoryPayload(**asked)))
    [answer] = await answers(client)
    assert isinstance(answer, History)
    return answer.payload


async def fault(client: WebsocketCommunicator, **asked: Any) -> str:
    """The error that a bad get_history is answered with; the client may stay."""
    await client.send_json_to({"action": "get_history", "payload": asked})
    [answer] = await answers(client)
    assert isinstance(answer, ErrorMessage)
    return str(answer.payload)


def seqs(payload: HistoryPayload) -> list[int]:
    return [message.seq for message in payload.messages]


@sync_to_async
def said(number: int, room: str = "lobby", length: int = 5) -> None:
    """So many messages were said in the room."""
    key = history.key_of(room)
    for _ in range(number):
        history.store(key, ChatMessagePayload(message="x" * length, name="bob"))


async def test_a_message_is_stored_before_anybody_hears_it(
    join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = await join(username="alice")
    stored = []

    async def tell(self: ChatConsumer, message: NewChatMessage) -> None:
        assert not connection.in_atomic_block
        stored.append(await Message.objects.aget(client_id=message.payload.id))

    with monkeypatch.context() as watched:
        watched.setattr(ChatConsumer, "tell_the_others", tell)
        await alice.send_message(say("hello", id="1"))
        await answers(alice)

    assert [message.message for message in stored] == ["hello"]


async def test_who_gave_an_id_is_told_that_the_message_is_stored(join: Join) -> None:
    alice, bob = await join(username="alice"), await join(username="bob")

    await alice.send_message(say("hello", id="an id"))
    answer = await saved(alice)
    await alice.send_message(say("no id"))

    first = await heard(bob)
    assert isinstance(first, NewChatMessage)
    assert answer.payload.model_dump() == {
        "id": "an id",
        "seq": 1,
        "sent_at": first.payload.sent_at,
    }
    assert (first.payload.seq, first.payload.id) == (1, "an id")
    second = await heard(bob)
    assert isinstance(second, NewChatMessage)
    assert (second.payload.seq, second.payload.id) == (2, None)
    assert await answers(alice) == []


async def test_the_same_id_again_gets_the_same_answer_and_nothing_else(
    join: Join,
) -> None:
    alice, bob = await join(username="alice"), await join(username="bob")

    await alice.send_message(say("hello", id="1"))
    first = await saved(alice)
    await heard(bob)
    await alice.send_message(say("hello", id="1"))

    assert await saved(alice) == first
    assert await bob.receive_nothing()
    assert await Message.objects.acount() == 1


async def test_an_id_is_its_authors_own_and_its_rooms(join: Join) -> None:
    alice, bob = await join(username="alice"), await join(username="bob")
    elsewhere = await join("attic", username="alice")

    clients = [alice, bob, elsewhere] * 2
    for client in clients:
        await client.send_message(say("hello", id="1"))
    numbers = [(await saved(client)).payload.seq for client in clients]

    assert numbers == [1, 2, 1] * 2


async def test_a_client_cannot_choose_the_number_of_its_message(join: Join) -> None:
    alice = await join()
    lie = say("hello", id="1")
    lie.payload.seq = 1000

    await alice.send_message(lie)

    assert (await saved(alice)).payload.seq == 1


async def test_many_at_once_get_numbers_without_gaps(join: Join) -> None:
    clients = [await join(username=f"{number}") for number in range(10)]

    for id in ["1", "2"]:
        for client in clients:
            await client.send_message(say("hello", id=id))
    numbers = [(await saved(client)).payload.seq for client in clients * 2]

    assert sorted(numbers) == [*range(1, 21)]


async def test_the_history_after_a_message(join: Join) -> None:
    alice = await join(username="alice")
    await said(4)

    found = await ask(alice, after=1, limit=2)
    assert (seqs(found), found.more, found.newest) == ([2, 3], True, 4)
    assert found.messages[0].message == "xxxxx"
    found = await ask(alice, after=3)
    assert (seqs(found), found.more, found.newest) == ([4], False, 4)
    assert seqs(await ask(alice, after=4)) == []


async def test_the_history_before_a_message_and_its_end(join: Join) -> None:
    alice = await join(username="alice")
    await said(4)

    found = await ask(alice, limit=2)
    assert (seqs(found), found.more) == ([3, 4], True)
    found = await ask(alice, before=3)
    assert (seqs(found), found.more) == ([1, 2], False)
    assert seqs(await ask(alice, before=1)) == []


async def test_a_room_has_no_history_at_first_and_no_others(join: Join) -> None:
    alice = await join("attic")
    await said(2, room="lobby")

    found = await ask(alice, after=0)

    assert (seqs(found), found.more, found.newest) == ([], False, 0)
    assert "the newest is 0" in await fault(alice, after=1)
    # Who asks makes no room: by names alone, anybody could fill the table.
    assert not await Room.objects.filter(name="attic").aexists()


async def test_of_long_messages_an_answer_has_fewer(join: Join) -> None:
    alice = await join()
    await said(20, length=4096)

    found = await ask(alice, after=0)

    assert (seqs(found), found.more) == ([*range(1, 17)], True)


@pytest.mark.parametrize("asked", [{}, {"after": 0}, {"before": 5}])
def test_in_a_long_history_the_database_need_not_search(asked: dict[str, int]) -> None:
    key = history.key_of("lobby")

    with CaptureQueriesContext(connection) as queries:
        history.get(key, GetHistoryPayload(**asked))

    plan = plan_of(queries[-1]["sql"])
    assert "SEARCH chat_message USING INDEX" in plan
    assert "TEMP B-TREE" not in plan


def test_for_an_id_the_database_need_not_search_the_room() -> None:
    key = history.key_of("lobby")

    with CaptureQueriesContext(connection) as queries:
        for _ in range(2):
            history.store(key, ChatMessagePayload(message="x", name="bob", id="1"))

    [sql] = [it["sql"] for it in queries if 'FROM "chat_message"' in it["sql"]]
    assert "USING INDEX once_by_" in plan_of(sql)


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        return str(cursor.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall())


async def test_history_counts_for_the_rate_limit(join: Join, settings: Any) -> None:
    settings.RATE_LIMIT_BURST = 5
    settings.RATE_LIMIT_PER_SECOND = 0.01
    await said(100)
    alice = await join()

    assert len(seqs(await ask(alice))) == 100

    assert "too fast" in await fault(alice)


@pytest.mark.parametrize(
    "asked",
    [
        {"after": -1},
        {"after": 2**31},
        {"after": 10**30},
        {"after": "1"},
        {"after": True},
        {"after": 1.5},
        {"before": -1},
        {"before": "a" * 10_000},
        {"after": 1, "before": 2},
        {"limit": 0},
        {"limit": 101},
        {"after": 3},
    ],
)
async def test_a_bad_question_gets_an_error(join: Join, asked: dict[str, Any]) -> None:
    await said(2)
    alice = await join()

    assert len(await fault(alice, **asked)) < 1000

    assert seqs(await ask(alice, after=1)) == [2]


@pytest.mark.parametrize("field", ["message", "id"])
async def test_what_no_database_keeps_gets_an_error(join: Join, field: str) -> None:
    alice = await join()
    payload = {"message": "hello", "name": "alice", "id": "1"} | {field: "a\0b"}

    await alice.send_json_to({"action": "new_chat_message", "payload": payload})

    [answer] = await answers(alice)
    assert "U+0000" in str(answer.payload)


async def test_a_room_that_no_database_keeps_is_refused() -> None:
    client = client_for("a\0b")
    await client.connect()

    await assert_refused(client, 4004)


async def test_what_was_forgotten_is_said(join: Join) -> None:
    await said(3)
    await Message.objects.filter(seq__lte=2).aupdate(sent_at=now() - timedelta(days=31))
    alice = await join(username="alice")

    await sync_to_async(call_command)("forget", "--older-than", "30d")

    for asked, sentence, left in [
        ({"after": 0}, "Messages 1 to 2 were deleted.", [3]),
        ({"before": 3}, "The messages before 3 were deleted.", []),
    ]:
        await alice.send_json_to({"action": "get_history", "payload": asked})
        error, found = await answers(alice)
        assert error.payload == {"detail": sentence}
        assert seqs(found.payload) == left
    await alice.send_message(say("hello", id="1"))
    assert (await saved(alice)).payload.seq == 4


def test_forgetting_goes_by_age_from_the_first_message_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lobby, attic = history.key_of("lobby"), history.key_of("attic")
    for hours, room in [(3, lobby), (1, lobby), (3, lobby), (3, attic)]:
        stored, _ = history.store(room, ChatMessagePayload(message="x", name="bob"))
        Message.objects.filter(room=room, seq=stored.seq).update(
            sent_at=now() - timedelta(hours=hours)
        )

    call_command("forget", "--older-than", "2h")

    # The clock of the server that stored number 3 was slow.
    assert [message.seq for message in Message.objects.order_by("seq")] == [2, 3]
    assert capsys.readouterr().out == "Deleted 2 messages.\n"
    call_command("forget", "--older-than", "0m")
    assert not Message.objects.exists()
    assert Room.objects.get(pk=lobby).newest == 3


@pytest.mark.parametrize("age", ["30", "d", "-1d", "30 d", "1y", "9999999d", "1.5h"])
def test_an_age_that_is_none_is_named(age: str) -> None:
    with pytest.raises(CommandError, match="write an age as 30d, 12h or 5m"):
        call_command("forget", f"--older-than={age}")


async def test_a_room_that_was_deleted_is_left(join: Join) -> None:
    for action, payload in [
        ("new_chat_message", {"message": "hello", "name": "alice", "id": "1"}),
        ("get_history", {"after": 2}),
    ]:
        await said(2)
        alice = await join(username="alice")
        await ask(alice)

        await Room.objects.all().adelete()
        await said(3)
        await alice.send_json_to({"action": action, "payload": payload})

        await assert_refused(alice, 4011)
    assert not await Message.objects.filter(message="hello").aexists()


BREAKDOWNS = [
    ("database is locked", "End the program"),
    ("attempt to write a readonly database", "Let the server write"),
    ("cannot execute INSERT in a read-only transaction", "Let the server write"),
    ("database or disk is full", "Make room"),
    ("no such table: chat_room", "manage.py migrate"),
    ('relation "chat_room" does not exist\nLINE 1: …', "manage.py migrate"),
    ("the connection is closed", "Start the database"),
]


@pytest.mark.parametrize(("words", "advice"), BREAKDOWNS)
async def test_a_database_that_fails_is_said(
    join: Join,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    words: str,
    advice: str,
) -> None:
    alice, bob = await join(), await join()

    with monkeypatch.context() as broken:
        for name in ["store", "get"]:
            broken.setattr(history, name, raising(OperationalError(words)))
        await alice.send_message(say("hello", id="1"))
        [error] = await answers(alice)
        assert error.payload == {
            "detail": "Your message may not be stored. Send it again in a moment.",
            "try_again": "1",
        }
        assert "can't reach its database" in await fault(alice, after=0)
    assert advice in caplog.text
    assert "LINE" not in caplog.text
    assert await bob.receive_nothing()

    await alice.send_message(say("hello", id="1"))
    assert (await saved(alice)).payload.seq == 1

    # It may also be stored, with only the answer of the database lost.
    carol = await join()
    with monkeypatch.context() as broken:
        broken.setattr(
            history, "store", raising(OperationalError(words), history.store)
        )
        await carol.send_message(say("hello", id="2"))
        assert [answer.action for answer in await answers(carol)] == ["error"]
    await carol.send_message(say("hello", id="2"))
    assert (await saved(carol)).payload.seq == 2
    assert await Message.objects.acount() == 2


def raising(error: Exception, after: Any = None) -> Any:
    def fail(*args: Any) -> None:
        if after:
            after(*args)
        raise error

    return fail


def test_a_start_without_a_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert database.check_database() == []

    words = 'FATAL: password authentication failed for user "secret"'
    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", raising(OperationalError(words)))
        [error] = database.check_database()

    assert error.id == "chat.E002"
    assert "secret" not in str(error)
    assert "Correct the user and the password" in str(error)


async def test_the_event_loop_goes_on_while_the_database_works(
    join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob, carol = await join(), await join(), await join()
    loop = asyncio.get_running_loop()
    is_heard = asyncio.Event()

    def store_slowly(*args: Any) -> Any:
        # The thread waits for what the event loop has to do meanwhile.
        return asyncio.run_coroutine_threadsafe(is_heard.wait(), loop).result(100)

    monkeypatch.setattr(history, "store", store_slowly)
    await alice.send_message(say("hello"))
    typing = {"name": "bob", "is_typing": True}
    await bob.send_json_to({"action": "typing", "payload": typing})

    assert (await heard(carol)).action == "typing"
    is_heard.set()
