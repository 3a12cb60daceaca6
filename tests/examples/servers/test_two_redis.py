"""One layer on two Redis: which has what, and what happens when one of them dies."""

from contextlib import ExitStack

import pytest
from redis import Redis
from websockets.exceptions import ConnectionClosed

from tests.examples.conftest import ServeExample
from tests.examples.facts import Row, facts, rows_of
from tests.examples.server import Examples, Server, at_once
from tests.support.commands import wait_until
from tests.support.programs import Programs

pytestmark = pytest.mark.covers("G18")

SECONDS = 30
# By the names in the tables, and in the order in which the layer has them.
BOTH = ["the first", "the second"]


class TwoRedis:
    """Two real Redis, which keep nothing on disk."""

    def __init__(self, programs: Programs) -> None:
        self.running = {name: programs.redis() for name in BOTH}
        self.ports = {name: redis.port for name, redis in self.running.items()}

    def start(self, name: str) -> None:
        self.running[name].start()
        self.running[name].wait()

    def kill(self, name: str) -> None:
        self.running[name].kill()

    @property
    def urls(self) -> str:
        return " ".join(f"redis://127.0.0.1:{port}" for port in self.ports.values())

    def groups(self, name: str) -> set[str]:
        """The groups that somebody listens to on one of them."""
        with Redis(port=self.ports[name], decode_responses=True) as redis:
            return set(redis.pubsub_channels("*__group__*"))

    def listeners(self, name: str, group: str) -> int:
        """How many servers listen to a group on one of them."""
        with Redis(port=self.ports[name]) as redis:
            [(_, count)] = redis.pubsub_numsub(group)
            return int(count)


@pytest.fixture(scope="module")
def two_redis(examples: Examples) -> TwoRedis:
    return TwoRedis(examples)


@pytest.fixture(scope="module")
def servers(serve_example: ServeExample, two_redis: TwoRedis) -> list[Server]:
    return [
        serve_example("servers/rooms.py", REDIS_URLS=two_redis.urls, NUMBER=number)
        for number in "12"
    ]


@pytest.mark.parametrize("row", facts("servers/rooms.csv"))
def test_a_room_is_on_one_of_them(
    servers: list[Server], two_redis: TwoRedis, row: Row
) -> None:
    one, two = servers
    path = f"/ws/{row['Room']}/"
    with one.connect(path), two.connect(path) as bob, one.connect(path) as alice:
        alice.send("hello")
        assert bob.recv(SECONDS) == "hello"

        on = [
            name
            for name in BOTH
            if f"asgi__group__room.{row['Room']}" in (two_redis.groups(name))
        ]

    assert on == [row["Its Redis"]]


def test_another_order_is_another_place(
    serve_example: ServeExample, two_redis: TwoRedis
) -> None:
    urls = " ".join(reversed(two_redis.urls.split()))
    server = serve_example("servers/rooms.py", REDIS_URLS=urls)

    with server.connect("/ws/lobby/") as socket:
        socket.send("hello")
        socket.recv(SECONDS)
        # The servers of the other tests leave their rooms a moment after the clients.
        wait_until(
            lambda: (
                two_redis.groups("the second") == {"asgi__group__room.lobby"}
                and two_redis.groups("the first") == set()
            ),
            "the rooms are in other places",
        )


def test_bytes_are_refused(servers: list[Server]) -> None:
    assert servers[0].ask("/ws/lobby/", b"hello") == "code 4003"


def test_one_of_them_dies_and_comes_back(
    servers: list[Server], two_redis: TwoRedis
) -> None:
    one, two = servers
    with ExitStack() as stack:
        # The channels of some of them are on the second.
        lobby = [stack.enter_context(two.connect("/ws/lobby/")) for _ in range(10)]
        lobby.append(stack.enter_context(one.connect("/ws/lobby/")))
        tea = stack.enter_context(one.connect("/ws/tea/"))
        listener = stack.enter_context(two.connect("/ws/tea/"))
        two_redis.kill("the second")

        lobby[-1].send("Is anybody here?")
        heard = {member.recv(SECONDS) for member in lobby}
        tea.send("And here?")
        with pytest.raises(ConnectionClosed) as closed:
            tea.recv(SECONDS)
        assert closed.value.rcvd
        enter_tea = answers(one, "tea", 5)
        enter_lobby = answers(one, "lobby", 20)

        two_redis.start("the second")
        # Each server comes back by itself, and one that has not yet hears nothing.
        wait_until(
            lambda: two_redis.listeners("the second", "asgi__group__room.tea") == 2,
            "not both servers subscribe again",
        )
        with one.connect("/ws/tea/") as back:
            back.send("I am back.")
            assert listener.recv(SECONDS) == "I am back."

    assert heard == {"Is anybody here?"}
    assert enter_tea <= {"status 403", "status 500", "code 4013"}
    assert enter_lobby == {"I am in.", "status 500"}
    assert [row["What becomes of it"] for row in rows_of("servers/outage.csv")] == [
        "all in it hear it",
        f"code {closed.value.rcvd.code}",
        "status 403, status 500 or code 4013",
        "some get in; the others get status 500",
    ]


def answers(server: Server, room: str, people: int) -> set[str]:
    """What so many people hear first who enter a room at once and speak."""
    paths = [f"/ws/{room}/?{number}" for number in range(people)]
    return set(at_once(lambda path: server.ask(path, "I am in."), paths).values())
