from typing import Any

from chat import history
from chat.messages import ChatMessagePayload
from system import jobs
from system.messages import TaskPayload
from system.models import State


def test_a_worker_that_has_slept_cannot_end_the_job(settings: Any) -> None:
    settings.JOB_LEASE = -1
    room = history.key_of("lobby")
    history.store(room, ChatMessagePayload(message="hello", name="ada"))
    jobs.add("ada", TaskPayload(task_type="export", content="lobby"))
    slept, awake = jobs.take(), jobs.take()
    assert slept
    assert awake

    assert not jobs.end(slept, State.DONE)
    assert jobs.end(awake, State.DONE)
