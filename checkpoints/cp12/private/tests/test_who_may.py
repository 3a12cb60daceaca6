"""Who may do what in a private room."""

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from accounts.models import User
from accounts.tests.conftest import assert_refused, browser_of, ping, sign_up, socket
from chat.models import Room
from private import invitations
from private.models import Invitation, Membership

NAMES = ["guest", "stranger", "invited", "member", "owner"]
LOGIN, NOWHERE, YES = "sent to the login", "not found", "yes"

# What each may do with a room that exists.
MAY = {
    "see the room": [LOGIN, NOWHERE, NOWHERE, YES, YES],
    "invite": [LOGIN, NOWHERE, NOWHERE, NOWHERE, YES],
    "revoke": [LOGIN, NOWHERE, NOWHERE, NOWHERE, YES],
    "remove": [LOGIN, NOWHERE, NOWHERE, NOWHERE, YES],
    "leave": [LOGIN, NOWHERE, NOWHERE, YES, YES],
    "delete": [LOGIN, NOWHERE, NOWHERE, NOWHERE, YES],
}
ENTER = [4401, 4403, 4403, None, None]


def make_room() -> Room:
    """A room with its owner, a member, and somebody who is invited."""
    room = Room.objects.create(name="private:attic", title="Attic")
    for name in ["owner", "member"]:
        room.memberships.create(user=sign_up(name))
    room.invitations.create(user=sign_up("invited"))
    return room


def do(browser: Client, what: str, room: str) -> str:
    """Do it, and tell what came of it."""
    members = User.objects.filter(username="member").values_list("pk", flat=True)
    member = members.first() or 1
    invitation = Invitation.objects.values_list("pk", flat=True).first() or 1
    address = f"/rooms/{room}/"
    if what == "see the room":
        response = browser.get(address)
    elif what == "invite":
        sign_up("friend")
        response = browser.post(f"{address}invite/", {"username": "friend"})
    elif what == "revoke":
        response = browser.post(f"{address}revoke/{invitation}/")
    elif what == "remove":
        response = browser.post(f"{address}remove/{member}/")
    else:
        response = browser.post(f"{address}{what}/")
    if response.status_code == 302:
        is_login = response.headers["Location"].startswith("/accounts/login/")
        return LOGIN if is_login else YES
    return {200: YES, 404: NOWHERE}[response.status_code]


def has_happened(what: str) -> bool:
    """Whether the database has changed as it should."""
    match what:
        case "invite":
            return Invitation.objects.filter(user__username="friend").exists()
        case "revoke":
            return not Invitation.objects.exists()
        case "remove":
            return not Membership.objects.filter(user__username="member").exists()
        case "leave":
            return Membership.objects.count() == 1
        case "delete":
            return not Room.objects.exists()
    return True


def browser_for(name: str) -> Client:
    return Client() if name == "guest" else browser_of(name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("what", MAY)
def test_who_may_do_what(name: str, what: str) -> None:
    room = make_room()

    expected = MAY[what][NAMES.index(name)]

    assert do(browser_for(name), what, room.name) == expected
    assert has_happened(what) == (expected == YES or what == "see the room")


@pytest.mark.parametrize("what", MAY)
def test_who_may_not_enter_sees_the_same_as_where_no_room_is(what: str) -> None:
    make_room()
    browser = browser_of("stranger")

    there = browser.get("/rooms/private:attic/")
    nowhere = browser.get("/rooms/private:cellar/")

    assert do(browser, what, "private:cellar") == NOWHERE
    assert there.status_code == nowhere.status_code == 404
    assert b"Attic" not in there.content


@pytest.mark.parametrize("room", ["private:attic", "private:cellar"])
@pytest.mark.parametrize("name", NAMES)
async def test_who_may_enter(name: str, room: str) -> None:
    """Without a right to it, a room that exists is like one that does not."""
    await sync_to_async(make_room)()
    browser = await sync_to_async(browser_for)(name)
    client = socket(browser, room, "?username=owner")
    await client.connect(10)

    code = ENTER[NAMES.index(name)]
    if room == "private:cellar":
        code = code or 4403
    if code:
        await assert_refused(client, code, "")
        assert await Room.objects.acount() == 1
    else:
        await ping(client)
        await client.disconnect()


@pytest.mark.parametrize("name", NAMES[1:])
def test_only_the_invited_can_use_the_link(name: str) -> None:
    make_room()
    link = f"/invitations/{invitations.sign(Invitation.objects.get())}/"
    browser = browser_of(name)

    responses = [browser.get(link), browser.post(link)]

    if name == "invited":
        assert [response.status_code for response in responses] == [200, 302]
    else:
        assert [response.status_code for response in responses] == [403, 403]
        assert "Attic" not in responses[0].content.decode()
    is_in = Membership.objects.filter(user__username=name).exists()
    assert is_in == (name != "stranger")
