"""What was said in a private room is for its members, whoever asks for it, and when."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from accounts.models import User
from private.models import Membership
from system import jobs
from system.jobs import JobError
from system.management.commands.work import do, work_once
from system.messages import TaskPayload
from system.models import Job
from system.tests.conftest import Open, member_of, say
from system.tests.test_system_consumer import heard

ROOM = "private:secret"
EXPORT = TaskPayload(task_type="export", content=ROOM)


@pytest.fixture
def ada() -> str:
    """A member, as an owner of jobs."""
    say(ROOM, 1)
    return member_of(ROOM, "ada")


def leave(owner: str) -> None:
    Membership.objects.filter(user_id=int(owner.removeprefix("user."))).delete()


def test_a_stranger_gets_the_same_answer_as_for_no_room(ada: str) -> None:
    bob = member_of("private:another", "bob")

    for owner in bob, "guest.bob":
        with pytest.raises(JobError, match="You know no room of that name"):
            jobs.add(owner, EXPORT)
    assert jobs.add(ada, EXPORT)


def test_who_leaves_gets_nothing_more_of_it(ada: str) -> None:
    member_of(ROOM, "bob")
    job = jobs.add(ada, EXPORT)
    leave(ada)

    assert work_once()

    job.refresh_from_db()
    assert job.detail == "You are no longer in this room."


def test_who_has_left_cannot_download_it(ada: str, client: Client) -> None:
    member_of(ROOM, "bob")
    client.force_login(User.objects.get(username="ada"))
    job = jobs.add(ada, EXPORT)
    assert work_once()
    address = f"/system/jobs/{job.pk}/"
    assert client.get(address).status_code == 200

    leave(ada)

    assert client.get(address).status_code == 404


def test_the_page_names_the_rooms_of_a_user(ada: str, client: Client) -> None:
    client.force_login(User.objects.get(username="ada"))
    assert ROOM in client.get("/system/").content.decode()
    assert ROOM not in Client().get("/system/").content.decode()


async def test_members_are_told_once_of_an_export(ada: str, window: Open) -> None:
    bob = await sync_to_async(member_of)(ROOM, "bob")
    members = [await window(ada), await window(bob)]
    stranger = await window("guest.eve")
    await sync_to_async(jobs.add)(ada, EXPORT)
    job = await sync_to_async(jobs.take)()
    assert job

    # The worker is done; and so is one that has lost the job to it, and does not know.
    for _ in range(2):
        await sync_to_async(do)(job)

    for member in members:
        told = await heard(member, "system_notification")
        assert told["message"] == f"A member has made this of the room: {job}."
    for client in *members, stranger:
        await client.send_json_to({"action": "ping"})
        while (message := await client.receive_json_from())["action"] != "pong":
            assert message["action"] != "system_notification"


async def test_who_signs_out_is_closed(ada: str, window: Open) -> None:
    page = await window(ada)
    await page.send_json_to({"action": "ping"})
    await heard(page, "pong")

    user = await User.objects.aget(username="ada")
    user.farewells += 1
    await user.asave()

    await heard(page, "error")
    closed: Any = await page.receive_output(timeout=30)
    while closed["type"] != "websocket.close":
        closed = await page.receive_output(timeout=30)
    assert closed["code"] == 4401
    assert await Job.objects.acount() == 0
