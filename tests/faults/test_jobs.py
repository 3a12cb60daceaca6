"""Whoever is killed, workers or servers: each job is done, and its effect is there once."""

import json
import time
from collections.abc import Callable
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
MESSAGES = 20_000
SAY = f"""
from django.utils.timezone import now
from chat.models import Message, Room
room = Room.objects.create(name="lobby", newest={MESSAGES})
Message.objects.bulk_create(
    (
        Message(room=room, seq=seq, name="ada", message=f"hello {{seq}}", sent_at=now())
        for seq in range(1, room.newest + 1)
    ),
    batch_size=5000,
)
"""


class Page:
    """A window of a browser, and the last that it heard of each job."""

    def __init__(self, visitor: Visitor, server: Server) -> None:
        visitor.address = server.address
        self.socket: ClientConnection = connect(
            f"ws://{server.address}/ws/system/",
            origin=Origin("http://localhost"),
            additional_headers=visitor.headers,
            proxy=None,
        )
        self.jobs: dict[str, Any] = {}
        self.ends: list[str] = []

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
                self.ends.append(message["payload"]["id"])

    def has(self, action: str, number: int) -> bool:
        found = [job for job in self.jobs.values() if job["action"] == action]
        return len(found) >= number

    def is_half_done(self) -> bool:
        return any(
            20 < job["payload"].get("percent", 0) < 80 for job in self.jobs.values()
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
        server = programs.daphne()
        said = programs.start("python", "manage.py", "shell", "-c", SAY)
        assert said.exit_status() == 0, said.output
        server.wait_for_output("Listening on TCP address")
        visitor = Visitor(server.address)
        visitor.get("/system/")
        page = Page(visitor, server)
        for _ in range(3):
            page.ask()
        page.wait_for(lambda: page.has("job_queued", 3))

        workers = [worker(programs) for _ in range(2)]
        page.wait_for(page.is_half_done)
        for doomed in workers:
            doomed.kill()
        page.wait_for(lambda: page.has("job_queued", 3))
        worker(programs)
        page.wait_for(page.is_half_done)
        server.kill()
        other = programs.daphne()
        other.wait_for_output("Listening on TCP address")
        page = Page(visitor, other)
        page.wait_for(lambda: page.has("job_result", 3))

        assert sorted(page.ends) == sorted(page.jobs)
        assert sorted(file.name for file in results.iterdir()) == sorted(page.jobs)
        for id in page.jobs:
            with ZipFile(results / id) as archive:
                messages = json.loads(archive.read("history.json"))
            seqs = [message["seq"] for message in messages]
            assert seqs == [*range(1, MESSAGES + 1)]
        for program in programs.running:
            assert "Traceback" not in program.output


def worker(programs: Programs) -> Program:
    return programs.start("python", "manage.py", "work", until="waits for jobs")
