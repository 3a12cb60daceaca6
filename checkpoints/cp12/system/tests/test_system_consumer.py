"""What a window hears of its owner's jobs."""

import asyncio
import time
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from chanx.channels.testing import WebsocketCommunicator
from django.db import OperationalError

from system import heartbeat, jobs, news
from system.management.commands.work import work_once
from system.messages import NotificationPayload, SystemNotification
from system.models import Job, State
from system.tests.conftest import Open, say
from system.tests.test_jobs import let_worker_die

UNKNOWN = "00000000-0000-0000-0000-000000000000"


async def ask(client: WebsocketCommunicator, task_type: str = "export") -> None:
    payload = {"task_type": task_type, "content": "lobby"}
    await client.send_json_to({"action": "system_message", "payload": payload})


async def cancel(client: WebsocketCommunicator, id: str) -> None:
    await client.send_json_to({"action": "cancel_job", "payload": {"id": id}})


async def heard(client: WebsocketCommunicator, action: str) -> Any:
    """The payload of the next message of that kind."""
    while (message := await client.receive_json_from(timeout=30))["action"] != action:
        pass
    return message["payload"]


@pytest.fixture(autouse=True)
def lobby() -> None:
    say("lobby", 1)


async def test_a_job_is_queued_done_and_there_to_be_downloaded(window: Open) -> None:
    ada = await window()

    await ask(ada)
    queued = await heard(ada, "job_queued")
    assert await sync_to_async(work_once)()
    result = await heard(ada, "job_result")

    assert (queued["task_type"], queued["content"]) == ("export", "lobby")
    assert result["id"] == queued["id"]
    assert result["url"] == f"/system/jobs/{queued['id']}/"


async def test_a_window_sees_the_progress_of_what_another_one_began(
    window: Open,
) -> None:
    first, second = await window(), await window()
    stranger = await window("guest.mallory")

    await ask(first)
    id = (await heard(second, "job_queued"))["id"]
    job = await sync_to_async(jobs.take)()
    assert job
    await sync_to_async(jobs.go_on)(job, 40)

    for client in first, second:
        while (progress := await heard(client, "job_progress"))["percent"] != 40:
            pass
        assert progress["id"] == id
    await cancel(stranger, id)
    assert "no such job" in (await heard(stranger, "error"))["detail"]


async def test_progress_comes_ten_times_a_second_at_most(window: Open) -> None:
    def work_fast(job: Job) -> float:
        began = time.monotonic()
        for percent in range(100):
            jobs.go_on(job, percent)
            time.sleep(0.01)
        return time.monotonic() - began

    ada = await window()
    await ask(ada)
    await heard(ada, "job_queued")
    job = await sync_to_async(jobs.take)()
    assert job
    seconds = await sync_to_async(work_fast)(job)
    await sync_to_async(jobs.end)(job, State.DONE)

    progress = 0
    while (await ada.receive_json_from(timeout=30))["action"] != "job_result":
        progress += 1
    assert 1 <= progress <= 10 * seconds


async def test_who_comes_back_is_told_of_every_job(window: Open) -> None:
    ada = await window()
    await ask(ada)
    id = (await heard(ada, "job_queued"))["id"]
    await ada.disconnect()
    assert await sync_to_async(work_once)()

    again = await window()

    assert (await heard(again, "job_result"))["id"] == id


async def test_a_job_says_that_no_worker_runs_and_how_to_start_one(
    window: Open,
) -> None:
    ada = await window()

    await ask(ada)

    waits_for = (await heard(ada, "job_queued"))["waits_for"]
    assert waits_for == "No worker runs. Start one: python manage.py work"
    await sync_to_async(heartbeat.beat)()
    assert (await heard(ada, "job_queued"))["waits_for"] == news.ITS_TURN


async def test_a_job_whose_worker_died_waits_again(window: Open) -> None:
    ada = await window()
    await ask(ada)
    await heard(ada, "job_queued")
    await sync_to_async(jobs.take)()
    await heard(ada, "job_progress")

    await sync_to_async(let_worker_die)()

    assert (await heard(ada, "job_queued"))["waits_for"] == news.NO_WORKER


async def test_a_job_is_cancelled_once(window: Open) -> None:
    ada = await window()
    await ask(ada)
    id = (await heard(ada, "job_queued"))["id"]

    await cancel(ada, id)
    assert (await heard(ada, "job_failed"))["detail"] == jobs.CANCELLED
    await cancel(ada, id)
    assert "ended already" in (await heard(ada, "error"))["detail"]


@pytest.mark.parametrize(
    ("action", "payload", "fault"),
    [
        ("system_message", {"task_type": "translate", "content": "lobby"}, "export"),
        ("system_message", {"task_type": "export", "content": "nowhere"}, "no room"),
        ("system_message", {"task_type": "export", "content": "x" * 81}, "80"),
        ("system_message", {"task_type": "export", "content": "a\0b"}, "no room"),
        ("cancel_job", {"id": UNKNOWN}, "no such job"),
        ("cancel_job", {"id": "7"}, "UUID"),
    ],
)
async def test_bad_input_gets_an_error(
    window: Open, action: str, payload: dict[str, str], fault: str
) -> None:
    ada = await window()

    await ada.send_json_to({"action": action, "payload": payload})

    assert fault in str(await heard(ada, "error"))
    assert await Job.objects.acount() == 0


async def test_a_client_without_a_session_can_only_listen(window: Open) -> None:
    nobody = await window("")

    await ask(nobody)

    assert "Open the page" in (await heard(nobody, "error"))["detail"]


async def test_frames_are_limited(window: Open, settings: Any) -> None:
    settings.RATE_LIMIT_BURST = 2
    settings.RATE_LIMIT_PER_SECOND = 0.01
    fast, long = await window(), await window()

    for _ in range(3):
        await fast.send_json_to({"action": "ping"})
    assert "too fast" in (await heard(fast, "error"))["detail"]
    await long.send_to(text_data="x" * 65_537)
    assert "65,536" in (await heard(long, "error"))["detail"]


async def test_a_database_that_fails_is_said_and_watched_again(
    window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise OperationalError("database is locked")

    ada = await window()
    with monkeypatch.context() as broken:
        broken.setattr(jobs, "add", fail)
        await ask(ada)
        assert "its database" in (await heard(ada, "error"))["detail"]
        broken.setattr(heartbeat, "is_worker_alive", fail)
        await asyncio.sleep(0)

    await ask(ada)

    await heard(ada, "job_queued")


async def test_nothing_is_left_running_when_a_window_is_closed(window: Open) -> None:
    ada = await window()
    await ask(ada)
    await heard(ada, "job_queued")
    running = [task for task in asyncio.all_tasks() if "Consumer" in str(task)]
    assert running

    await ada.disconnect()

    _, left = await asyncio.wait(running, timeout=30)
    assert not left


async def test_a_notification_reaches_who_it_is_for(window: Open) -> None:
    from system.consumers.system_consumer import SystemConsumer
    from system.owners import group_of

    ada, bob = await window("guest.ada"), await window("guest.bob")
    for client in ada, bob:
        await client.send_json_to({"action": "ping"})
        await heard(client, "pong")

    for message, groups in [("ada only", group_of("guest.ada")), ("all", None)]:
        payload = NotificationPayload(message=message)
        await SystemConsumer.broadcast_event(
            SystemNotification(payload=payload), groups
        )

    assert (await heard(bob, "system_notification"))["message"] == "all"
    assert (await heard(ada, "system_notification"))["message"] == "ada only"
    assert (await heard(ada, "system_notification"))["message"] == "all"
