from pathlib import Path
from typing import Any

from chat import history
from chat.messages import ChatMessagePayload
from system import jobs, results
from system.management.commands.work import do
from system.messages import TaskPayload

ANSWER = "0"


def test_who_cancels_leaves_no_file(tmp_path: Path, settings: Any) -> None:
    settings.RESULTS = tmp_path
    settings.JOB_LEASE = -1
    room = history.key_of("lobby")
    history.store(room, ChatMessagePayload(message="hello", name="ada"))
    job = jobs.add("ada", TaskPayload(task_type="export", content="lobby"))
    jobs.take()
    results.file_of(job).with_suffix(".1").touch()
    second = jobs.take()
    assert second
    jobs.cancel("ada", job.pk)

    do(second)

    assert str(len(list(tmp_path.iterdir()))) == ANSWER
