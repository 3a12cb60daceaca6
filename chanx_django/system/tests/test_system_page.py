"""The page, and the download of a result."""

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.test import AsyncClient, Client

from system import jobs
from system.management.commands.work import work_once
from system.messages import TaskPayload
from system.models import Job
from system.results import file_of
from system.tests.conftest import say


def done(client: Client) -> Job:
    """A job of the browser that is done."""
    client.get("/system/")
    say("lobby", 1)
    asked = TaskPayload(task_type="export", content="lobby")
    job = jobs.add(client.session["jobs"], asked)
    assert work_once()
    return job


def test_the_page_makes_a_browser_an_owner_once(client: Client) -> None:
    assert client.get("/system/").status_code == 200
    owner = client.session["jobs"]
    client.get("/system/")

    assert client.session["jobs"] == owner
    assert owner.startswith("guest.")


def test_nothing_is_begun_before_the_script_runs(client: Client) -> None:
    """The browser would send the form itself: the page is loaded anew, no more."""
    assert '<button id="begin" disabled>' in client.get("/system/").content.decode()


async def test_the_owner_downloads_the_result(client: Client) -> None:
    job = await sync_to_async(done)(client)
    browser = AsyncClient()
    browser.cookies = client.cookies

    response = await browser.get(f"/system/jobs/{job.pk}/")

    assert response["Content-Disposition"] == 'attachment; filename="history.zip"'
    assert isinstance(response, StreamingHttpResponse)
    pieces = [piece async for piece in response]
    assert b"".join(pieces) == file_of(job).read_bytes()


def test_nobody_else_does(client: Client) -> None:
    job = done(client)
    stranger = Client()

    assert stranger.get(f"/system/jobs/{job.pk}/").status_code == 404
    stranger.get("/system/")
    assert stranger.get(f"/system/jobs/{job.pk}/").status_code == 404


def test_a_result_that_is_not_there_yet_or_any_more(client: Client) -> None:
    job = done(client)
    file_of(job).unlink()
    assert client.get(f"/system/jobs/{job.pk}/").status_code == 404

    Job.objects.update(state="running")
    assert client.get(f"/system/jobs/{job.pk}/").status_code == 404
