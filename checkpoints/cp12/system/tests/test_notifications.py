"""What the people who run the server have to say: by a command, and by the page."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.management import CommandError, call_command
from django.test import Client
from redis.exceptions import ConnectionError

from accounts.models import User
from system.consumers.system_consumer import SystemConsumer
from system.tests.conftest import Open, member_of
from system.tests.test_system_consumer import heard

ROOM = "private:secret"


@pytest.fixture
def redis_is_there(settings: Any) -> None:
    """The command thinks that servers hear it. In this process, they do."""
    settings.REDIS_URL = "redis://localhost"


@pytest.mark.usefixtures("redis_is_there")
async def test_the_command_tells_a_user_a_rooms_members_and_all(window: Open) -> None:
    ada = await sync_to_async(member_of)(ROOM, "ada")
    bob = await sync_to_async(member_of)(ROOM, "bob")
    windows = [await window(ada), await window(bob), await window()]
    for client in windows:
        await client.send_json_to({"action": "ping"})
        await heard(client, "pong")

    for message, *who in [("ada", "--user=ada"), ("room", f"--room={ROOM}"), ("all",)]:
        await sync_to_async(call_command)("notify", message, *who)

    for client, expected in zip(
        windows, [["ada", "room", "all"], ["room", "all"], ["all"]], strict=True
    ):
        for message in expected:
            told = await heard(client, "system_notification")
            assert told["message"] == message


@pytest.mark.usefixtures("redis_is_there")
@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["hello", "--user=nobody"], "Nobody has an account of that name"),
        (["hello", "--room=lobby"], "Only a private room has members"),
        ([" "], "at least 1 character"),
        (["x" * 4097], "at most 4096 characters"),
    ],
)
def test_what_cannot_be_sent_is_said(arguments: list[str], fault: str) -> None:
    with pytest.raises(CommandError, match=fault):
        call_command("notify", *arguments)


def test_without_redis_the_command_reaches_nobody_and_says_so() -> None:
    with pytest.raises(CommandError, match="Set REDIS_URL"):
        call_command("notify", "hello")


@pytest.mark.usefixtures("redis_is_there")
def test_a_redis_that_is_away_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise ConnectionError("Error 111")

    monkeypatch.setattr(SystemConsumer, "broadcast_event_sync", fail)
    with pytest.raises(CommandError, match="Redis does not answer"):
        call_command("notify", "hello")


async def test_staff_tell_it_on_the_page(window: Open) -> None:
    ada = await window()
    await ada.send_json_to({"action": "ping"})
    await heard(ada, "pong")

    @sync_to_async
    def notify(name: str, is_staff: bool) -> int:
        browser = Client()
        user = User.objects.create_user(name, password="x", is_staff=is_staff)
        browser.force_login(user)
        assert ("Notify" in browser.get("/system/").content.decode()) == is_staff
        return browser.post("/system/notify/", {"message": name}).status_code

    assert await notify("mallory", is_staff=False) == 403
    assert await notify("boss", is_staff=True) == 302

    assert (await heard(ada, "system_notification"))["message"] == "boss"


def test_the_page_says_what_is_wrong(client: Client) -> None:
    boss = User.objects.create_user("boss", password="x", is_staff=True)
    client.force_login(boss)

    for asked, fault in [({}, "at least 1"), ({"user": "x"}, "Nobody has an account")]:
        page = client.post("/system/notify/", asked, follow=True)
        assert fault in page.content.decode()
