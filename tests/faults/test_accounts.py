"""A right that ends, ends the connection: on both servers, whatever Redis does."""

import asyncio
import re
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.support.clients import open_socket, url_of, wait_until_answered
from tests.support.programs import Programs
from tests.support.running import Redis, Server
from tests.support.visitors import PASSWORD, Visitor

# Two are promised. A busy machine may take longer.
PATIENCE = 10 * 2

NOT_LOGGED_IN, NOT_ALLOWED = 4401, 4403


class Place:
    """Two servers that share a Redis and a database."""

    def __init__(self, programs: Programs, redis: Redis, servers: list[Server]) -> None:
        self.database = programs.folder / "db.sqlite3"
        self.redis = redis
        self.addresses = [server.address for server in servers]

    def execute(self, sql: str, value: str) -> None:
        with closing(sqlite3.connect(self.database, timeout=60)) as database, database:
            assert database.execute(sql, [value]).rowcount == 1


# What people do in another browser than the one that is then closed.
ELSEWHERE = ["log_out_everywhere", "change_password"]


class Somebody:
    """A person with an account, who is logged in, and perhaps elsewhere as well."""

    def __init__(self, place: Place, name: str) -> None:
        self.place = place
        self.name = name
        self.here = Visitor(place.addresses[0])
        self.here.sign_up(name)
        self.sockets: list[ClientConnection] = []

    def log_in_elsewhere(self) -> None:
        self.elsewhere = Visitor(self.place.addresses[1])
        self.elsewhere.log_in(self.name)

    def make_room(self) -> str:
        """Make a private room, and return its name."""
        self.here.send("/rooms/", title="Our room")
        self.page = self.here.at
        return self.page.split("/")[2]

    def invite(self, other: "Somebody") -> None:
        """Have somebody enter one's room by an invitation."""
        page = self.here.send(f"{self.page}invite/", username=other.name)
        other.here.send(re.findall(r"/invitations/[^\"]+", page)[-1])

    def way_to_remove(self, other: "Somebody") -> Callable[[], str]:
        """What removes somebody from one's room."""
        page = self.here.get(self.page)
        paths = re.findall(r"/rooms/[^\"]+/remove/\d+/", page)
        names = re.findall(r"Remove (\w+ \d+)", page)
        [path] = [
            path for path, name in zip(paths, names, strict=True) if name == other.name
        ]
        return lambda: self.here.send(path)

    async def enter(self, room: str) -> None:
        """Enter the room at both servers."""
        for address in self.place.addresses:
            self.sockets.append(await enter(address, room, self.here))

    def log_out(self) -> None:
        self.here.send("/accounts/logout/")

    def log_out_everywhere(self) -> None:
        self.elsewhere.send("/accounts/logout/everywhere/")

    def change_password(self) -> None:
        new = {"new_password1": f"{PASSWORD} 2", "new_password2": f"{PASSWORD} 2"}
        self.elsewhere.send("/accounts/password/", old_password=PASSWORD, **new)

    def be_deactivated(self) -> None:
        sql = "UPDATE accounts_user SET is_active = 0 WHERE username = ?"
        self.place.execute(sql, self.name)

    def be_late(self) -> None:
        sql = "UPDATE django_session SET expire_date = 0 WHERE session_key = ?"
        self.place.execute(sql, self.here.cookies["sessionid"])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    settings = {
        "DJANGO_SETTINGS_MODULE": "quick_passwords",
        "PYTHONPATH": str(Path(__file__).parent),
    }
    with Programs(tmp_path_factory.mktemp("place"), **settings) as programs:
        redis = programs.redis()
        servers = [programs.daphne(redis_url=redis.url) for _ in range(2)]
        yield Place(programs, redis, servers)


# What Redis does in the moment in which the rights end, and how that is mended.
REDIS: dict[str, tuple[Callable[[Redis], None], Callable[[Redis], None]]] = {
    "is there": (lambda redis: None, lambda redis: None),
    "stands still": (
        lambda redis: redis.process.send_signal(signal.SIGSTOP),
        lambda redis: redis.process.send_signal(signal.SIGCONT),
    ),
    "is killed": (Redis.kill, Redis.start),
}


@pytest.mark.parametrize("state", REDIS)
async def test_a_right_that_ends_ends_the_connection(
    place: Place, state: str, capsys: pytest.CaptureFixture[str]
) -> None:
    owner = Somebody(place, f"owner {len(state)}")
    room = owner.make_room()
    names = ["remove", "log_out", *ELSEWHERE, "be_deactivated", "be_late"]
    people = {name: Somebody(place, f"{name} {len(state)}") for name in names}
    for name, person in people.items():
        owner.invite(person)
        if name in ELSEWHERE:
            person.log_in_elsewhere()
        await person.enter(room)
    gone = people["log_out"]
    gone.log_in_elsewhere()
    at_home = await enter(place.addresses[1], room, gone.elsewhere)
    await owner.enter(room)
    endings = {name: getattr(person, name, None) for name, person in people.items()}
    endings["remove"] = owner.way_to_remove(people["remove"])

    break_redis, mend_redis = REDIS[state]
    closings = {
        name: [asyncio.create_task(closed(socket)) for socket in person.sockets]
        for name, person in people.items()
    }
    break_redis(place.redis)
    ended = {}
    for name, end in endings.items():
        await asyncio.to_thread(end)
        ended[name] = time.monotonic()
    took = []
    for name, tasks in closings.items():
        for at, code in await asyncio.wait_for(asyncio.gather(*tasks), PATIENCE):
            right = NOT_ALLOWED if name == "remove" else NOT_LOGGED_IN
            assert (name, code) == (name, right)
            took.append(at - ended[name])
    mend_redis(place.redis)

    with capsys.disabled():
        print(f" Redis {state}: {max(took):.1f} s at most", end="")
    for socket in [*owner.sockets, at_home]:
        await wait_until_answered(socket)
        await socket.close()


async def enter(address: str, room: str, visitor: Visitor) -> ClientConnection:
    """The connection of somebody's browser, which is in the room."""
    url = url_of(address, room)
    socket = await open_socket(url, additional_headers=visitor.headers)
    await wait_until_answered(socket)
    return socket


async def closed(socket: ClientConnection) -> tuple[float, int | None]:
    """When it was closed, and with which code."""
    with suppress(ConnectionClosed):
        while True:
            await socket.recv()
    return time.monotonic(), socket.close_code
