"""Private rooms: their pages, their links, and what is said in them."""

import logging
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import unquote

import pytest
from asgiref.sync import sync_to_async
from django.core import signing
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.tests.conftest import (
    PASSWORD,
    Enter,
    a_browser_of,
    answer,
    browser_of,
    sign_up,
)
from chat.models import Message, Room
from private import invitations
from private.models import Invitation, Membership


def make_room(*names: str, title: str = "Attic") -> Room:
    """A room with these members, the owner first."""
    room = Room.objects.create(name=f"private:{title}", title=title)
    for name in names:
        user = User.objects.filter(username=name).first() or sign_up(name)
        room.memberships.create(user=user)
    return room


def owner_of(room: Room) -> str:
    return room.memberships.get(
        pk=min(room.memberships.values_list("pk", flat=True))
    ).user.username


def invite(room: Room, name: str) -> str:
    """The path of a new invitation."""
    invitation = room.invitations.create(user=sign_up(name))
    return f"/invitations/{invitations.sign(invitation)}/"


def test_who_makes_a_room_owns_it() -> None:
    browser = browser_of("alice")

    page = browser.post("/rooms/", {"title": "Attic"}, follow=True)

    room = Room.objects.get()
    assert room.name.startswith("private:")
    assert len(room.name) <= 80
    assert "Attic" in page.content.decode()
    assert "Attic" in browser.get("/rooms/").content.decode()
    assert "Attic" in browser.get("/chat/").content.decode()
    assert owner_of(room) == "alice"


@pytest.mark.parametrize("title", ["", " ", "x" * 81, "a\0b"])
def test_a_bad_title_is_refused(title: str) -> None:
    assert browser_of("alice").post("/rooms/", {"title": title}).status_code == 200
    assert not Room.objects.exists()


def test_rooms_may_have_the_same_title_and_nobody_learns_of_it() -> None:
    for name in ["alice", "bob"]:
        browser_of(name).post("/rooms/", {"title": "Attic"})

    assert Room.objects.count() == 2


def test_the_owner_invites_and_a_link_leads_into_the_room() -> None:
    room = make_room("alice")
    sign_up("bob")

    page = browser_of("alice").post(
        f"/rooms/{room.name}/invite/", {"username": "bob"}, follow=True
    )
    path = f"/invitations/{invitations.sign(Invitation.objects.get())}/"
    assert f"http://testserver{path}" in page.content.decode()
    bob = browser_of("bob")
    assert "alice" in bob.get(path).content.decode()
    response = bob.post(path)

    assert unquote(response.headers["Location"]) == f"/chat/?room={room.name}"
    assert room.memberships.count() == 2


@pytest.mark.parametrize(
    ("name", "fault"), [("nobody", "Nobody has this name"), ("alice", "already")]
)
def test_who_can_not_be_invited(name: str, fault: str) -> None:
    room = make_room("alice")

    page = browser_of("alice").post(f"/rooms/{room.name}/invite/", {"username": name})

    assert fault in page.content.decode()
    assert not Invitation.objects.exists()


def test_who_is_invited_signs_in_first_and_comes_back(client: Client) -> None:
    path = invite(make_room("alice"), "bob")

    login = client.get(path).headers["Location"]
    response = client.post(login, {"username": "bob", "password": PASSWORD})

    assert response.headers["Location"] == path


def use_it(path: str) -> str:
    browser_of("bob").post(path)
    return path


def alter_it(path: str) -> str:
    return path[:-2] + ("A" if path[-2] != "A" else "B") + "/"


def sign_it_for_something_else(path: str) -> str:
    return f"/invitations/{signing.dumps(Invitation.objects.get().pk)}/"


def revoke_it(path: str) -> str:
    room, invitation = Room.objects.get(), Invitation.objects.get()
    browser_of("alice").post(f"/rooms/{room.name}/revoke/{invitation.pk}/")
    return path


def delete_the_room(path: str) -> str:
    Room.objects.get().delete()
    return path


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (use_it, "used or revoked"),
        (revoke_it, "used or revoked"),
        (delete_the_room, "used or revoked"),
        (alter_it, "altered"),
        (sign_it_for_something_else, "altered"),
    ],
)
def test_a_bad_link_says_what_to_do(spoil: Callable[[str], str], sentence: str) -> None:
    path = spoil(invite(make_room("alice"), "bob"))
    members = Membership.objects.count()
    browser = browser_of("bob")

    for response in [browser.get(path), browser.post(path)]:
        assert response.status_code == 403
        assert sentence in response.content.decode()
    assert Membership.objects.count() == members


def test_a_link_gets_too_old() -> None:
    room = make_room("alice")
    path = invite(room, "bob")
    Invitation.objects.update(made_at=timezone.now() - timedelta(days=7))

    # Its owner looks at it, which gives it no other week.
    page = browser_of("alice").get(f"/rooms/{room.name}/").content.decode()
    assert path in page
    assert f"until {timezone.now():%-d %B %Y, %H:}" in page
    assert "too old" in browser_of("bob").get(path).content.decode()


@pytest.mark.parametrize("name", ["guest", "stranger"])
@pytest.mark.parametrize("path", ["/chat/", "/rooms/", "/asyncapi/schema/"])
def test_no_page_shows_a_room_to_others(name: str, path: str) -> None:
    room = make_room("alice")
    room.messages.create(seq=1, name="alice", message="hi", sent_at="2026-01-01T00:00Z")
    browser = Client() if name == "guest" else browser_of(name)

    page = browser.get(path, follow=True)

    assert "Attic" not in page.content.decode()


@pytest.mark.parametrize(
    "path",
    ["", "{0}/invite/", "{0}/revoke/1/", "{0}/remove/1/", "{0}/leave/", "{0}/delete/"],
)
def test_no_other_site_can_send_a_form(path: str) -> None:
    room = make_room("alice")
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = browser_of("alice").cookies

    assert browser.post("/rooms/" + path.format(room.name)).status_code == 403


def test_the_owner_who_leaves_is_followed_by_the_longest_member() -> None:
    room = make_room("alice", "bob", "carol")

    browser_of("alice").post(f"/rooms/{room.name}/leave/")

    assert owner_of(room) == "bob"
    assert browser_of("bob").post(
        f"/rooms/{room.name}/remove/{User.objects.get(username='carol').pk}/"
    )
    assert room.memberships.count() == 1


@pytest.mark.parametrize("path", ["rooms/private:Attic/leave/", "accounts/delete/"])
def test_with_its_last_member_a_room_is_deleted(path: str) -> None:
    room = make_room("alice")
    room.messages.create(seq=1, name="alice", message="hi", sent_at="2026-01-01T00:00Z")
    other = make_room("alice", "bob", title="Cellar")

    browser_of("alice").post(f"/{path}", {"password": PASSWORD})

    assert list(Room.objects.all()) == [other]
    assert not Message.objects.exists()


def test_the_owner_can_not_remove_himself() -> None:
    room = make_room("alice", "bob")
    alice = User.objects.get(username="alice")

    browser_of("alice").post(f"/rooms/{room.name}/remove/{alice.pk}/")

    assert room.memberships.count() == 2


async def test_what_is_said_in_a_private_room_reaches_its_members_only(
    enter: Enter, caplog: pytest.LogCaptureFixture
) -> None:
    room = await sync_to_async(make_room)("alice", "bob")
    alice, bob = await a_browser_of("alice"), await a_browser_of("bob")
    logging.getLogger("chat").addHandler(caplog.handler)
    speaker, hearer = await enter(alice, room.name), await enter(bob, room.name)
    outsiders = [await enter(alice), await enter(None, query="?username=carol")]

    for message, action in [
        ("a secret", "new_chat_message"),
        ("/roll 1d6", "dice_rolled"),
    ]:
        payload = {"message": message, "name": "mallory"}
        await speaker.send_json_to({"action": "new_chat_message", "payload": payload})
        heard = await answer(hearer, action)
        assert heard["name"] == "alice"
    logging.getLogger("chat").removeHandler(caplog.handler)

    for client in outsiders:
        await client.send_json_to({"action": "get_history", "payload": {}})
        actions = set()
        while (heard := await client.receive_json_from(10))["action"] != "history":
            actions.add(heard["action"])
        assert not actions & {"new_chat_message", "dice_rolled"}
        assert heard["payload"]["messages"] == []
    assert "secret" not in caplog.text


async def test_two_accounts_may_use_the_same_id(enter: Enter) -> None:
    room = await sync_to_async(make_room)("alice", "bob")
    payload = {"message": "hi", "name": "x", "id": "1"}

    for name in ["alice", "bob", "bob"]:
        client = await enter(await a_browser_of(name), room.name)
        await client.send_json_to({"action": "new_chat_message", "payload": payload})
        await answer(client, "message_saved")

    assert await Message.objects.acount() == 2
