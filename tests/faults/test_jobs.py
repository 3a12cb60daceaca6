"""Whoever is killed, worker or server: each job is done, and its effect exists once."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from websockets import Origin
from websockets.sync.client import ClientConnection, connect

from course.chapters import find_checkpoint
from tests.support.postgresql import start_postgresql
from tests.support.programs import Programs
from tests.support.running import HOST, Program, Server
from tests.support.visitors import Visitor

SECONDS = 120
MESSAGES = 200
SAY = f"""
from django.utils.timezone import now
from chat.models import Message, Room
room = Room.objects.create(name="lobby", newest={MESSAGES})
Message.objects.bulk_create(
    Message(room=room, seq=seq, name="ada", message="hello", sent_at=now())
    for seq in range(1, room.newest + 1)
)
"""


class Page:
    """A window of a browser, and the last that it heard of each job."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.jobs: dict[str, Any] = {}
        self.results: list[str] = []

    def ask(self) -> None:
        payload = {"task_type": "export", "content": "lobby"}
        message = {"action": "system_message", "payload": payload}
        self.socket.send(json.dumps(message))

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS
        while not is_so():
            message = json.loads(self.socket.recv(deadline - time.monotonic()))
            assert message["action"] != "error", message
            self.jobs[message["payload"]["id"]] = message
            if message["action"] == "job_result":
                self.results.append(message["payload"]["id"])

    def wait_for_three(self, action: str) -> None:
        """Wait until each of three jobs is so far."""
        self.wait_for(
            lambda: [job["action"] for job in self.jobs.values()] == [action] * 3
        )

    def wait_until_nobody_works(self) -> None:
        """Wait until every job that was begun and did not end waits again."""
        self.wait_for(
            lambda: all(job["action"] != "job_progress" for job in self.jobs.values())
        )

    def wait_for_the_middle(self) -> None:
        """Wait until one of the jobs is in its middle."""
        self.wait_for(
            lambda: any(
                10 < job["payload"].get("percent", 0) < 80 for job in self.jobs.values()
            )
        )


@contextmanager
def page_at(server: Server, visitor: Visitor) -> Iterator[Page]:
    with connect(
        f"ws://{server.address}/ws/system/",
        origin=Origin("http://localhost"),
        additional_headers=visitor.headers,
        proxy=None,
    ) as socket:
        yield Page(socket)


def worker(programs: Programs) -> Program:
    return programs.start(
        "python",
        "-m",
        "slow_worker",
        until="waits for jobs",
        DJANGO_SETTINGS_MODULE="config.settings",
        PYTHONPATH=str(Path(__file__).parent),
    )


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_no_job_is_lost_and_each_is_done_once(tmp_path: Path, kind: str) -> None:
    results = tmp_path / "results"
    project = find_checkpoint("cp11").folder
    variables = {"JOB_LEASE": "2", "RESULTS": str(results)}
    with Programs(tmp_path, project, **variables) as programs:
        if kind == "postgresql":
            where = f"{HOST}:{start_postgresql(programs).port}"
            programs.variables["DATABASE_URL"] = f"postgres://postgres@{where}/postgres"
        server, other = programs.daphne(), programs.daphne()
        said = programs.start("python", "manage.py", "shell", "-c", SAY)
        assert said.exit_status() == 0, said.output
        for each in server, other:
            each.wait_for_output("Listening on TCP address")
        visitor = Visitor(server.address)
        visitor.get("/system/")
        with page_at(server, visitor) as page:
            for _ in range(3):
                page.ask()
            page.wait_for_three("job_queued")
            workers = [worker(programs) for _ in range(2)]
            page.wait_for_the_middle()
            for doomed in workers:
                doomed.kill()
            page.wait_until_nobody_works()
            worker(programs)
            page.wait_for_the_middle()
            server.kill()
        with page_at(other, visitor) as page:
            page.wait_for_three("job_result")

        assert sorted(page.results) == sorted(page.jobs)
        assert sorted(file.name for file in results.iterdir()) == sorted(page.jobs)
        for id in page.jobs:
            with ZipFile(results / id) as archive:
                messages = json.loads(archive.read("history.json"))
            seqs = [message["seq"] for message in messages]
            assert seqs == [*range(1, MESSAGES + 1)]
        for program in programs.running:
            assert "Traceback" not in program.output
