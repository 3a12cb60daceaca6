"""Windows in which people wait for jobs, and workers that are slow at them."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from websockets import Origin
from websockets.sync.client import ClientConnection, connect

from tests.support.postgresql import PostgreSQL, start_postgresql
from tests.support.programs import Programs
from tests.support.running import HOST, Program, Server
from tests.support.visitors import PASSWORD, Visitor

SECONDS = 120
MESSAGES = 200
TEAM = "private:team"
SAY = f"""
from django.utils.timezone import now
from accounts.models import User
from chat.models import Message, Room
for name in "lobby", "{TEAM}":
    room = Room.objects.create(name=name, newest={MESSAGES})
    Message.objects.bulk_create(
        Message(room=room, seq=seq, name="ada", message="hello", sent_at=now())
        for seq in range(1, room.newest + 1)
    )
for name in "ada", "bob":
    room.memberships.create(user=User.objects.create_user(name, password="{PASSWORD}"))
"""


class Page:
    """A window of a browser, and the last that it heard of each job."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.jobs: dict[str, Any] = {}
        self.results: list[str] = []
        self.notifications: list[str] = []

    def ask(self, room: str = "lobby") -> None:
        payload = {"task_type": "export", "content": room}
        message = {"action": "system_message", "payload": payload}
        self.socket.send(json.dumps(message))

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS
        while not is_so():
            message = json.loads(self.socket.recv(deadline - time.monotonic()))
            action, payload = message["action"], message["payload"]
            assert action != "error", message
            if action == "system_notification":
                self.notifications.append(payload["message"])
                continue
            self.jobs[payload["id"]] = message
            if action == "job_result":
                self.results.append(payload["id"])

    def wait_for_all(self, action: str, number: int) -> None:
        """Wait until each of so many jobs is so far."""
        self.wait_for(
            lambda: [job["action"] for job in self.jobs.values()] == [action] * number
        )

    def wait_for_results(self, number: int) -> None:
        """Wait until so many jobs are done, and no other one is left."""
        self.wait_for_all("job_result", number)

    def wait_until_in_the_middle(self, number: int) -> None:
        """Wait until so many jobs are in their middle."""
        self.wait_for(
            lambda: (
                sum(
                    10 < job["payload"].get("percent", 0) < 80
                    for job in self.jobs.values()
                )
                >= number
            )
        )


def use_postgresql(programs: Programs) -> PostgreSQL:
    """Give the project a database of its own."""
    postgresql = start_postgresql(programs)
    where = f"{HOST}:{postgresql.port}"
    programs.variables["DATABASE_URL"] = f"postgres://postgres@{where}/postgres"
    return postgresql


@contextmanager
def page_at(server: Server, visitor: Visitor) -> Iterator[Page]:
    with connect(
        f"ws://{server.address}/ws/system/",
        origin=Origin("http://localhost"),
        additional_headers=visitor.headers,
        proxy=None,
    ) as socket:
        yield Page(socket)


def say_much(programs: Programs) -> None:
    """Fill a public room, and a private one of ada and bob."""
    programs.migrate()
    said = programs.start("python", "manage.py", "shell", "-c", SAY)
    assert said.exit_status() == 0, said.output


def worker(programs: Programs, **environment: str) -> Program:
    """A slow one, which rests in the middle while there is the file `hold`."""
    return programs.start(
        "python",
        "-m",
        "slow_worker",
        until="waits for jobs",
        DJANGO_SETTINGS_MODULE="config.settings",
        PYTHONPATH=str(Path(__file__).parent),
        HOLD=str(programs.folder / "hold"),
        **environment,
    )


def assert_whole(file: Path) -> None:
    """The export has every message, once."""
    with ZipFile(file) as archive:
        messages = json.loads(archive.read("history.json"))
    assert [message["seq"] for message in messages] == [*range(1, MESSAGES + 1)]
