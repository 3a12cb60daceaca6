"""The queue in the database: who gets which job, and what becomes of it."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils.timezone import now

from system import heartbeat, jobs, results
from system.jobs import JobError, JobStopped
from system.messages import TaskPayload
from system.models import Heartbeat, Job, State
from system.tests.conftest import say

EXPORT = TaskPayload(task_type="export", content="lobby")


@pytest.fixture
def job() -> Job:
    """A job that waits."""
    say("lobby", 1)
    return jobs.add("ada", EXPORT)


def taken() -> Job:
    job = jobs.take()
    assert job
    return job


def let_worker_die() -> None:
    """The worker that has a job has given no sign of life for the time of a lease."""
    Job.objects.update(alive_until=now() - timedelta(seconds=1))
    Heartbeat.objects.all().delete()


def test_a_job_goes_to_one_worker_the_oldest_first(job: Job) -> None:
    younger = jobs.add("bob", EXPORT)

    assert taken() == job
    assert taken() == younger
    assert jobs.take() is None


def test_who_has_no_page_has_no_jobs() -> None:
    with pytest.raises(JobError, match="Open the page /system/ first"):
        jobs.add("", EXPORT)


def test_a_room_in_which_nothing_was_said_is_refused() -> None:
    with pytest.raises(JobError, match="no room of that name"):
        jobs.add("ada", EXPORT)


def test_one_owner_may_have_only_so_many_jobs(job: Job) -> None:
    for _ in range(4):
        jobs.add("ada", EXPORT)

    with pytest.raises(JobError, match="Wait until one of your 5 jobs ends"):
        jobs.add("ada", EXPORT)

    jobs.add("bob", EXPORT)
    jobs.end(taken(), State.DONE)
    jobs.add("ada", EXPORT)


def test_what_two_servers_add_at_the_same_moment_is_too_much_all_the_same(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        jobs.add("ada", EXPORT)
    looks = iter([lambda *_: None, jobs.require_at_most])
    # With the first look, none of the two sees what the other one adds.
    monkeypatch.setattr(jobs, "require_at_most", lambda *wanted: next(looks)(*wanted))

    with pytest.raises(JobError, match="Wait until one of your 5 jobs ends"):
        jobs.add("ada", EXPORT)

    assert Job.objects.count() == 5


def test_the_job_of_a_dead_worker_is_taken_again(job: Job) -> None:
    first = taken()
    jobs.go_on(first, 50)
    assert jobs.take() is None

    let_worker_die()
    again = taken()

    assert (again, again.attempt, again.deaths, again.percent) == (job, 2, 1, 0)
    # The first one was only slow. It has to leave the job to the second.
    with pytest.raises(JobStopped):
        jobs.go_on(first, 60)
    jobs.end(first, State.DONE)
    job.refresh_from_db()
    assert job.state == State.RUNNING


def test_who_goes_on_keeps_the_job(job: Job) -> None:
    mine = taken()
    let_worker_die()

    jobs.go_on(mine, 10)

    assert jobs.take() is None
    job.refresh_from_db()
    assert job.percent == 10


def test_a_job_that_is_handed_back_costs_no_death(job: Job) -> None:
    mine = taken()

    jobs.hand_back(mine)
    again = taken()

    assert (again, again.attempt, again.deaths) == (job, 2, 0)
    # Who has handed it back has no part in it any more.
    jobs.hand_back(mine)
    assert jobs.take() is None


def test_a_job_that_waits_is_cancelled_at_once(job: Job) -> None:
    jobs.cancel("ada", job.pk)

    job.refresh_from_db()
    assert (job.state, job.detail) == (State.FAILED, "You have cancelled it.")
    assert jobs.take() is None


def test_a_job_that_runs_is_stopped_by_its_worker(job: Job) -> None:
    mine = taken()

    jobs.cancel("ada", job.pk)

    with pytest.raises(JobStopped):
        jobs.go_on(mine, 10)


def test_what_cannot_be_cancelled(job: Job) -> None:
    for owner, pk in [("ada", uuid4()), ("bob", job.pk), ("", job.pk)]:
        with pytest.raises(JobError, match="no such job"):
            jobs.cancel(owner, pk)
    mine = taken()
    jobs.cancel("ada", job.pk)
    with pytest.raises(JobError, match="already"):
        jobs.cancel("ada", job.pk)
    jobs.end(mine, State.FAILED)
    with pytest.raises(JobError, match="ended already"):
        jobs.cancel("ada", job.pk)


def test_a_worker_is_alive_by_its_heart_or_by_its_job(job: Job) -> None:
    assert not heartbeat.is_worker_alive()
    heartbeat.beat()
    assert heartbeat.is_worker_alive()
    let_worker_die()
    assert not heartbeat.is_worker_alive()
    taken()
    assert heartbeat.is_worker_alive()


def test_what_is_old_is_deleted_with_its_file(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = jobs.add("ada", EXPORT)
    file = results.file_of(old)
    file.parent.mkdir()
    file.touch()
    Job.objects.filter(pk=old.pk).update(
        created_at=now() - timedelta(days=2), state=State.DONE
    )
    Job.objects.filter(pk=job.pk).update(created_at=now() - timedelta(days=2))

    def refuse(file: Path, missing_ok: bool) -> None:
        raise PermissionError(13, "it is open in another process")

    with monkeypatch.context() as windows:
        windows.setattr(Path, "unlink", refuse)
        results.forget_old()
    assert file.exists()
    assert Job.objects.count() == 2
    results.forget_old()

    assert list(Job.objects.all()) == [job]
    assert not file.exists()
