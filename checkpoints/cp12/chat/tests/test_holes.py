from chat import history
from chat.messages import ChatMessagePayload, NewChatMessage
from chat.tests.conftest import Join
from chat.tests.test_chat_consumer import heard, say
from chat.tests.test_history import ask, seqs


async def test_what_nobody_was_told_of_is_found(join: Join) -> None:
    alice, bob = await join(), await join()
    key = await history.in_thread(history.key_of)("lobby")
    unheard = ChatMessagePayload(message="two", name="alice")

    await alice.send_message(say("one"))
    await heard(bob)
    await history.in_thread(history.store)(key, unheard)
    await alice.send_message(say("three"))
    last = await heard(bob)

    assert isinstance(last, NewChatMessage)
    assert last.payload.seq == 3
    assert seqs(await ask(bob, after=1)) == [2, 3]
