"""Whose name the room sees."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from accounts.tests.conftest import (
    Enter,
    a_browser_of,
    answer,
    assert_refused,
    sign_up,
    socket,
)
from chat.models import Message

FORMS = ["alice", "ALICE", "al1ce", " alice "]


def say(name: str, **more: Any) -> dict[str, Any]:
    payload = {"message": "hi", "name": name, **more}
    return {"action": "new_chat_message", "payload": payload}


@pytest.mark.parametrize("name", FORMS)
async def test_a_guest_does_not_come_in_under_a_name_that_looks_taken(
    name: str,
) -> None:
    await sync_to_async(sign_up)("alice")
    client = socket(None, query=f"?username={name.replace(' ', '%20')}")
    await client.connect(10)

    await assert_refused(client, 4001, "Log in")


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(
    "message",
    [
        {"action": "new_chat_message", "payload": {"message": "hi"}},
        {"action": "new_chat_message", "payload": {"message": "/roll 1d6"}},
        {"action": "typing", "payload": {"is_typing": True}},
    ],
)
async def test_nor_does_a_message_speak_under_one(
    enter: Enter, name: str, message: dict[str, Any]
) -> None:
    await sync_to_async(sign_up)("alice")
    hearer = await enter(query="?username=bob")
    client = await enter()
    payload = message["payload"] | {"name": name}

    await client.send_json_to(message | {"payload": payload})

    assert "Log in" in (await answer(client, "error"))["detail"]
    assert await hearer.receive_nothing()
    assert not await Message.objects.aexists()
    # Under another name, the same client may go on.
    await client.send_json_to(say("carol", id="1"))
    assert await answer(client, "message_saved")


async def test_a_guest_whose_name_gets_an_account_is_no_longer_heard(
    enter: Enter,
) -> None:
    client = await enter(query="?username=alice")
    await client.send_json_to(say("alice", id="1"))
    await answer(client, "message_saved")

    await sync_to_async(sign_up)("Alice")
    await client.send_json_to(say("alice", id="2"))

    await assert_refused(client, 4001, "Log in")
    assert await Message.objects.acount() == 1


async def test_an_account_is_seen_by_its_name_whatever_it_says(enter: Enter) -> None:
    browser = await a_browser_of("alice")
    hearer = await enter(query="?username=carol")
    client = await enter(browser, query="?username=bob")

    assert (await answer(hearer, "user_joined"))["name"] == "alice"
    await client.send_json_to(say("bob"))
    heard = await answer(hearer, "new_chat_message")
    assert (heard["name"], heard["registered"]) == ("alice", True)
    typing = {"action": "typing", "payload": {"name": "bob", "is_typing": True}}
    await client.send_json_to(typing)
    assert (await answer(hearer, "typing"))["name"] == "alice"


async def test_history_tells_accounts_from_guests_who_have_had_the_name(
    enter: Enter,
) -> None:
    """And the same id is another one: a guest can't keep an account from saying it."""
    guest = await enter(query="?username=alice")
    await guest.send_json_to(say("alice", id="1", registered=True))
    await answer(guest, "message_saved")
    client = await enter(await a_browser_of("alice"))

    await client.send_json_to(say("alice", id="1"))

    assert (await answer(client, "message_saved"))["seq"] == 2
    await client.send_json_to({"action": "get_history", "payload": {}})
    messages = (await answer(client, "history"))["messages"]
    assert [message["registered"] for message in messages] == [False, True]

    # The account goes, and what it said is not that of the guest with the same id.
    await User.objects.all().adelete()
    again = await enter(query="?username=alice")
    await again.send_json_to(say("alice", id="1"))
    assert (await answer(again, "message_saved"))["seq"] == 1
    await again.send_json_to({"action": "get_history", "payload": {}})
    messages = (await answer(again, "history"))["messages"]
    assert [message["registered"] for message in messages] == [False, False]
    assert [message["account_deleted"] for message in messages] == [False, True]
