"""One person may have several windows."""

from chanx.constants import GROUP_ACTION_COMPLETE

from chat.tests.conftest import Join


async def test_the_other_windows_of_a_sender_hear_it(join: Join) -> None:
    first, second = await join(username="alice"), await join(username="alice")

    payload = {"message": "hello", "name": "alice"}
    await first.send_json_to({"action": "new_chat_message", "payload": payload})

    [message] = await second.receive_all_messages(GROUP_ACTION_COMPLETE)
    assert message.payload.message == "hello"
    assert await first.receive_all_messages() == []
