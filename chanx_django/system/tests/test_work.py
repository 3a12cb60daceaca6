"""What a worker makes, and what it says of what goes wrong."""

import csv
import errno
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.db import OperationalError

from chat.models import Message, Room
from system import history, jobs, results
from system.management.commands.work import do, work_once
from system.messages import TaskPayload, TaskType
from system.models import Job, State
from system.tasks import TASKS, Task
from system.tests.conftest import say
from system.tests.test_jobs import let_worker_die


def add(task_type: TaskType = "export") -> Job:
    return jobs.add("ada", TaskPayload(task_type=task_type, content="lobby"))


def fail_with(error: Exception, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A job that fails in its middle, after the worker has tried it."""

    def work(room: Room, file: IO[bytes]) -> Iterator[int]:
        yield 1
        raise error

    monkeypatch.setitem(TASKS, "export", Task(work, "x"))
    say("lobby", 1)
    job = add()
    assert work_once()
    job.refresh_from_db()
    return job


def files_of(job: Job) -> dict[str, str]:
    """The files in a zip."""
    with ZipFile(results.file_of(job)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_an_export_has_all_that_was_said_in_three_formats(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(history, "PIECE", 2)
    say("lobby", 5, '<b>"é"</b>,\n=1+1')
    job = add()

    assert work_once()

    files = files_of(job)
    messages = json.loads(files["history.json"])
    assert [message["seq"] for message in messages] == [1, 2, 3, 4, 5]
    assert messages[4]["message"] == '<b>"é"</b>,\n=1+1'
    rows = list(csv.reader(io.StringIO(files["history.csv"], newline="")))
    assert [row[0] for row in rows] == ["seq", "1", "2", "3", "4", "5"]
    assert rows[5][2:] == ["ada", '<b>"é"</b>,\n=1+1']
    assert files["history.html"].count("<tr>") == 5
    assert "&lt;b&gt;&quot;é&quot;" in files["history.html"]


def test_a_spreadsheet_takes_nothing_for_a_formula() -> None:
    say("lobby", 1, "=HYPERLINK(1)")
    job = add()

    assert work_once()

    assert "'=HYPERLINK" in files_of(job)["history.csv"]


def test_of_a_room_whose_messages_were_deleted_there_is_an_empty_export() -> None:
    say("lobby", 1)
    Message.objects.all().delete()
    job = add()

    assert work_once()

    assert json.loads(files_of(job)["history.json"]) == []


def test_the_statistics_are_a_plot() -> None:
    say("lobby", 3)
    job = add("statistics")

    assert work_once()

    plot = results.file_of(job).read_text()
    assert "3 messages in lobby" in plot
    assert "github.io" not in plot


def test_progress_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    written = []

    def go_on(job: Job, percent: int) -> None:
        written.append(percent)

    monkeypatch.setattr("system.management.commands.work.SECONDS_TO_WRITE", 0)
    monkeypatch.setattr(jobs, "go_on", go_on)
    monkeypatch.setattr(history, "PIECE", 1)
    say("lobby", 2)
    add()

    assert work_once()

    assert written == [16, 33, 50, 66, 83, 100, 100]


def test_a_cancelled_job_ends_and_leaves_no_file(results_folder: Path) -> None:
    say("lobby", 1)
    job = add()
    taken = jobs.take()
    assert taken
    jobs.cancel("ada", job.pk)

    do(taken)

    job.refresh_from_db()
    assert (job.state, job.detail) == (State.FAILED, jobs.CANCELLED)
    assert not list(results_folder.iterdir())


def test_a_worker_that_was_too_slow_leaves_the_file_of_the_next_one_alone(
    results_folder: Path,
) -> None:
    say("lobby", 1)
    add()
    slow = jobs.take()
    assert slow
    let_worker_die()
    jobs.take()
    others = results_folder / f"{slow.pk}.2"
    results_folder.mkdir()
    others.touch()

    do(slow)

    assert list(results_folder.iterdir()) == [others]


def test_a_worker_that_is_told_to_stop_hands_its_job_back(
    monkeypatch: pytest.MonkeyPatch, results_folder: Path
) -> None:
    def work(room: Room, file: IO[bytes]) -> Iterator[int]:
        yield 1
        raise KeyboardInterrupt

    say("lobby", 1)
    job = add()
    with monkeypatch.context() as stopped:
        stopped.setitem(TASKS, "export", Task(work, "x"))
        call_command("work")

    job.refresh_from_db()
    assert (job.state, job.deaths) == (State.QUEUED, 0)
    assert not list(results_folder.iterdir())
    assert work_once()
    assert files_of(job)


def test_a_job_whose_workers_die_is_not_tried_for_ever() -> None:
    say("lobby", 1)
    job = add()
    Job.objects.update(deaths=3)

    assert work_once()

    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "begun 3 times" in job.detail


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (Room.DoesNotExist(), "The room was deleted"),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            "disk of the server is full",
        ),
        (ZeroDivisionError("a secret"), "It went wrong. The log"),
    ],
)
def test_a_fault_is_a_sentence_for_the_owner_and_a_traceback_for_the_log(
    error: Exception,
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    results_folder: Path,
) -> None:
    logging.getLogger("system").propagate = True
    job = fail_with(error, monkeypatch)

    assert job.state == State.FAILED
    assert sentence in job.detail
    assert "secret" not in job.detail
    assert type(error).__name__ in caplog.text
    assert not list(results_folder.iterdir())
    assert not work_once()


def test_a_worker_goes_on_when_the_database_is_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("system").propagate = True
    outcomes: Iterator[bool | BaseException] = iter(
        [OperationalError("database is locked"), True, KeyboardInterrupt()]
    )

    def next_outcome() -> bool:
        outcome = next(outcomes)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    monkeypatch.setattr("system.management.commands.work.work_once", next_outcome)
    monkeypatch.setattr("time.sleep", lambda seconds: None)

    call_command("work")

    assert "End the program that keeps the database" in caplog.text
    assert list(outcomes) == []
