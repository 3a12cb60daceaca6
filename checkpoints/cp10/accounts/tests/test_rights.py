"""What ends a right, and that this ends the connection."""

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from accounts import rights, tickets, watcher
from accounts.models import User
from accounts.tests.conftest import (
    PASSWORD,
    Enter,
    a_browser_of,
    answer,
    assert_refused,
    ping,
    sign_up,
    socket,
)
from chat.models import Message, Room
from chat.rooms import PRIVATE
from private.models import Membership

ROOM = f"{PRIVATE}attic"


@sync_to_async
def make_room(*names: str) -> None:
    """A private room with these members."""
    room = Room.objects.create(name=ROOM, title="Attic")
    for name in names:
        user = User.objects.filter(username=name).first() or sign_up(name)
        room.memberships.create(user=user)


def sign_out(browser: Client) -> None:
    browser.post("/accounts/logout/")


def sign_out_everywhere(browser: Client) -> None:
    browser.post("/accounts/logout/everywhere/")


def set_password(browser: Client) -> None:
    user = User.objects.get(username="alice")
    user.set_password("battery staple")
    user.save()


def deactivate(browser: Client) -> None:
    User.objects.filter(username="alice").update(is_active=False)


def delete_account(browser: Client) -> None:
    browser.post("/accounts/delete/", {"password": PASSWORD})


def let_session_run_out(browser: Client) -> None:
    Session.objects.update(expire_date=timezone.now())


def remove(browser: Client) -> None:
    Membership.objects.filter(user__username="alice").delete()


def delete_room(browser: Client) -> None:
    Room.objects.filter(name=ROOM).delete()


ENDS = [
    (sign_out, 4401),
    (sign_out_everywhere, 4401),
    (set_password, 4401),
    (deactivate, 4401),
    (delete_account, 4401),
    (let_session_run_out, 4401),
    (remove, 4403),
    (delete_room, 4403),
]


@pytest.mark.parametrize(("end", "code"), ENDS)
async def test_a_right_that_ends_ends_the_connection(
    enter: Enter, end: Callable[[Client], None], code: int
) -> None:
    await make_room("alice", "bob")
    browser = await a_browser_of("alice")
    other_browser = await a_browser_of("bob")
    client = await enter(browser, ROOM)
    bystander = await enter(other_browser)
    guest = await enter(None, query="?username=guest")

    await sync_to_async(end)(browser)
    await watcher.close_ended()

    await assert_refused(client, code, "Log in" if code == 4401 else "no such room")
    if end is not let_session_run_out:
        await ping(bystander)
    await ping(guest)


@pytest.mark.parametrize(("end", "code"), ENDS)
@pytest.mark.parametrize("message", ["hi", "/roll 1d6", ""])
async def test_nothing_is_stored_or_told_after_the_right_has_ended(
    enter: Enter, end: Callable[[Client], None], code: int, message: str
) -> None:
    """Not even before the watcher has looked."""
    await make_room("alice", "bob")
    browser = await a_browser_of("alice")
    client = await enter(browser, ROOM)

    await sync_to_async(end)(browser)
    action = "new_chat_message" if message else "get_history"
    payload = {"message": message, "name": "alice"} if message else {}
    await client.send_json_to({"action": action, "payload": payload})

    await assert_refused(client, code, "Log in" if code == 4401 else "no such room")
    assert not await Message.objects.aexists()


@pytest.mark.parametrize("end", [sign_out_everywhere, set_password, deactivate])
async def test_a_ticket_is_bound_to_the_account(
    end: Callable[[Client], None],
) -> None:
    browser = await a_browser_of("alice")
    user = await User.objects.aget()
    ticket = await sync_to_async(tickets.issue)(user)
    client = socket(None, subprotocols=["chat", f"ticket.{ticket}"])
    await client.connect(10)
    await ping(client)

    await sync_to_async(end)(browser)
    await watcher.close_ended()

    await assert_refused(client, 4401, "Log in")
    await client.disconnect()


async def test_the_watcher_asks_by_itself(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "SECONDS", 0.01)
    browser = await a_browser_of("alice")
    client = await enter(browser)

    await sync_to_async(sign_out)(browser)

    await assert_refused(client, 4401, "Log in")
    await client.disconnect()


async def test_while_the_database_is_away_nobody_is_closed_and_then_who_has_to_be(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "SECONDS", 0.01)
    browser = await a_browser_of("alice")
    client = await enter(browser)
    asked = asyncio.Event()

    async def fail(rights: Any) -> None:
        asked.set()
        raise OperationalError("connection refused")

    with monkeypatch.context() as outage:
        outage.setattr(watcher, "find_ended", fail)
        # A question from before could still find out that she signs out.
        await asked.wait()
        await sync_to_async(sign_out)(browser)
        asked.clear()
        await asked.wait()
        assert await client.receive_nothing()

    await assert_refused(client, 4401, "Log in")


async def test_in_doubt_for_long_nobody_stays_in_a_private_room(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They may be no members any more. What others say in public, anybody may hear."""
    monkeypatch.setattr(watcher, "SECONDS", 0.01)
    await make_room("alice")
    browser = await a_browser_of("alice")
    member, in_public = await enter(browser, ROOM), await enter(browser)

    async def fail(rights: Any) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(watcher, "find_ended", fail)
    assert await member.receive_nothing()
    monkeypatch.setattr(watcher, "SECONDS_OF_DOUBT", 0)

    await assert_refused(member, 4014, "Try again")
    await ping(in_public)


def typing(name: str) -> dict[str, Any]:
    return {"action": "typing", "payload": {"name": name, "is_typing": True}}


async def test_a_guest_does_not_stay_under_a_name_that_gets_an_account(
    enter: Enter,
) -> None:
    bob = await enter(query="?username=bob")
    guest, nameless = await enter(query="?username=alice"), await enter()
    assert (await answer(bob, "user_joined"))["name"] == "alice"
    await nameless.send_json_to(typing("alice"))
    assert (await answer(bob, "typing"))["name"] == "alice"

    await sync_to_async(sign_up)("Alice")
    await watcher.close_ended()

    await assert_refused(guest, 4001, "Log in")
    await guest.disconnect()
    assert (await answer(bob, "user_left"))["name"] == "alice"
    await nameless.send_json_to(typing("alice"))
    assert "Log in" in (await answer(nameless, "error"))["detail"]
    await nameless.send_json_to(typing("carol"))
    assert (await answer(bob, "typing"))["name"] == "carol"


async def test_a_connection_that_is_cut_off_is_no_longer_watched() -> None:
    # The room's list keeps its name, so no other test enters it.
    client = socket(await a_browser_of("alice"), "cut off")
    await client.connect(10)
    await ping(client)
    assert len(rights.held) == 1

    client.stop()
    del client

    async with asyncio.timeout(10):
        while rights.held:
            gc.collect()
            await asyncio.sleep(0)


async def test_many_are_asked_about_in_four_questions(
    django_assert_num_queries: Any,
) -> None:
    accounts = [rights.Right(key, "", f"{key}", 1) for key in range(1000)]
    guests = [rights.right_to(f"guest {key}") for key in range(1000)]

    def count() -> None:
        with django_assert_num_queries(4):
            assert set(rights.ended(accounts + guests)) == set(accounts)

    await sync_to_async(count)()
