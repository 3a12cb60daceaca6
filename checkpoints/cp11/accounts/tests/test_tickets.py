"""How clients get in that send no cookies."""

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from chanx.channels.testing import WebsocketCommunicator
from django.test import Client
from django.utils import timezone

from accounts import tickets
from accounts.models import Ticket, User
from accounts.tests.conftest import PASSWORD, answer, assert_refused, sign_up, socket

a_ticket = sync_to_async(lambda: tickets.issue(sign_up("alice")))


def ask(content: Any, browser: Client | None = None) -> Any:
    browser = browser or Client(enforce_csrf_checks=True)
    path = "/accounts/ticket/"
    return browser.post(path, content, content_type="application/json")


def with_ticket(ticket: str, room: str = "lobby") -> WebsocketCommunicator:
    return socket(None, room, subprotocols=["chat", f"ticket.{ticket}"])


def test_a_name_and_a_password_give_a_ticket() -> None:
    sign_up("alice")

    answer = ask({"username": "alice", "password": PASSWORD}).json()

    assert answer["seconds"] == 30
    # The database has its hash only.
    assert not Ticket.objects.filter(digest=answer["ticket"]).exists()
    assert tickets.use(answer["ticket"]) == User.objects.get()


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ({"username": "alice", "password": "wrong"}, 401),
        ({"username": "nobody", "password": PASSWORD}, 401),
        ({"username": "alice"}, 400),
        ({"username": "alice", "password": 1}, 400),
        ({"username": "a" * 41, "password": PASSWORD}, 400),
        ({"username": "alice", "password": "x" * 4097}, 400),
        ({"username": "a\0", "password": PASSWORD}, 400),
        ({"username": "alice", "password": "\ud800"}, 400),
        ([], 400),
        ("{", 400),
        ("[" * 100_000, 400),
    ],
)
def test_a_bad_request_gets_none(content: Any, status: int) -> None:
    sign_up("alice")

    response = ask(content)

    assert response.status_code == status
    assert response.json()["error"]
    assert not Ticket.objects.exists()


def test_who_is_deactivated_gets_none() -> None:
    sign_up("alice")
    User.objects.update(is_active=False)

    assert ask({"username": "alice", "password": PASSWORD}).status_code == 401


def test_wrong_passwords_count_here_and_at_the_login() -> None:
    sign_up("alice")

    for _ in range(10):
        response = ask({"username": "alice", "password": "wrong"})

    assert response.status_code == 429
    assert "15 minutes" in response.json()["error"]
    assert response.headers["Retry-After"] == "900"
    assert ask({"username": "alice", "password": PASSWORD}).status_code == 429
    data = {"username": "alice", "password": PASSWORD}
    assert Client().post("/accounts/login/", data).status_code == 429


def test_a_ticket_works_once() -> None:
    ticket = tickets.issue(sign_up("alice"))

    assert tickets.use(ticket)
    assert tickets.use(ticket) is None


def test_a_ticket_works_for_seconds_only() -> None:
    ticket = tickets.issue(sign_up("alice"))
    Ticket.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert tickets.use(ticket) is None


@pytest.mark.parametrize("change", ["password", "farewells"])
def test_a_ticket_ends_with_the_password_and_with_logging_out(change: str) -> None:
    user = sign_up("alice")
    ticket = tickets.issue(user)
    setattr(user, change, 1)
    user.save()

    assert tickets.use(ticket) is None


async def test_a_ticket_lets_in_as_its_account() -> None:
    client = with_ticket(await a_ticket())

    assert await client.connect(10) == (True, "chat")
    payload = {"message": "hi", "name": "bob", "id": "1"}
    await client.send_json_to({"action": "new_chat_message", "payload": payload})
    await answer(client, "message_saved")
    await client.send_json_to({"action": "get_history", "payload": {}})
    [said] = (await answer(client, "history"))["messages"]
    assert (said["name"], said["registered"]) == ("alice", True)
    await client.disconnect()


@pytest.mark.parametrize("ticket", ["", "unknown", "used"])
async def test_a_bad_ticket_is_refused_with_a_reason(ticket: str) -> None:
    if ticket == "used":
        ticket = await a_ticket()
        await sync_to_async(tickets.use)(ticket)
    client = with_ticket(ticket)

    assert await client.connect(10) == (True, "chat")

    await assert_refused(client, 4401, "Get a new one")
