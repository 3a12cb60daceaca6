"""Whatever becomes of a worker, no job is lost, and none is done twice."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from course.chapters import find_checkpoint
from tests.faults.job_pages import (
    Page,
    assert_whole,
    page_at,
    say_much,
    use_postgresql,
    worker,
)
from tests.support.programs import Programs
from tests.support.visitors import Visitor

# So many threads add a job at the same moment, for one owner.
ADD = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from system import jobs
from system.messages import TaskPayload
from system.models import Job
asked = TaskPayload(task_type="export", content="lobby")
together = Barrier(12)
def add(number):
    Job.objects.count()
    together.wait()
    try:
        jobs.add("guest.eve", asked)
    except jobs.JobError as error:
        return error
with ThreadPoolExecutor(12) as threads:
    list(threads.map(add, range(12)))
print("jobs:", Job.objects.count())
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def programs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Programs]:
    """The project at the end of the chapter, on each database, without Redis."""
    variables = {"JOB_LEASE": "2", "RESULTS": str(tmp_path / "results")}
    with Programs(tmp_path, find_checkpoint("cp11").folder, **variables) as programs:
        if request.param == "postgresql":
            use_postgresql(programs)
        say_much(programs)
        yield programs


@pytest.fixture
def page(programs: Programs) -> Iterator[Page]:
    """A window of somebody, at a server."""
    server = programs.daphne()
    visitor = Visitor(server.address)
    visitor.get("/system/")
    with page_at(server, visitor) as page:
        yield page


def test_an_owner_has_no_more_jobs_who_asks_for_many_at_once(
    programs: Programs,
) -> None:
    added = programs.start("python", "manage.py", "shell", "-c", ADD)
    assert added.exit_status() == 0, added.output

    number = re.search(r"jobs: (\d+)", added.output)
    assert number
    assert int(number[1]) <= 5


def test_a_worker_that_is_killed_loses_no_job(programs: Programs, page: Page) -> None:
    hold = programs.folder / "hold"
    hold.touch()
    for _ in range(3):
        page.ask()
    workers = [worker(programs) for _ in range(2)]
    page.wait_until_in_the_middle(2)
    for doomed in workers:
        doomed.kill()
    page.wait_for_all("job_queued", 3)
    hold.unlink()
    worker(programs)
    page.wait_for_results(3)
    files = [*(programs.folder / "results").iterdir()]
    assert sorted(file.name for file in files) == sorted(page.jobs)
    for file in files:
        assert_whole(file)


def test_a_worker_that_is_stopped_hands_its_job_to_the_next(
    programs: Programs, page: Page
) -> None:
    hold = programs.folder / "hold"
    hold.touch()
    # Nobody gets it by the end of a lease.
    programs.variables["JOB_LEASE"] = "1000"
    page.ask()
    stopped = worker(programs)
    page.wait_until_in_the_middle(1)
    stopped.terminate()
    page.wait_for_all("job_queued", 1)
    hold.unlink()
    worker(programs)
    page.wait_for_results(1)
    assert stopped.exit_status() == 0
    assert "Traceback" not in stopped.output
    [file] = (programs.folder / "results").iterdir()
    assert_whole(file)


def test_a_disk_that_is_full_fails_the_job_and_nothing_else(
    programs: Programs, page: Page
) -> None:
    results = programs.folder / "results"
    results.mkdir()
    page.ask()
    page.wait_for_all("job_queued", 1)
    [id] = page.jobs
    # What the first attempt writes goes to a disk that is full.
    (results / f"{id}.1").symlink_to("/dev/full")
    worker(programs)
    page.wait_for_all("job_failed", 1)
    detail = page.jobs.pop(id)["payload"]["detail"]
    page.ask()
    page.wait_for_results(1)
    assert detail == "The disk of the server is full. Tell those who run it."
    assert [file.name for file in results.iterdir()] == page.results
