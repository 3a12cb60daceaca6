import re

import pytest

from tests.examples.conftest import RunExample, ServeExample
from tests.support.ports import free_ports

pytestmark = pytest.mark.covers("G13")

PROJECT = "monitoring/rooms.py"


@pytest.mark.parametrize("layer", ["in memory", "Redis"])
def test_a_layer_that_works(
    run_example: RunExample, redis_url: str, layer: str
) -> None:
    environment = {"REDIS_URL": redis_url} if layer == "Redis" else {}

    done = run_example(PROJECT, "check_layer", **environment)

    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"default: works, \d+ ms\.\n", done.stdout)


def test_a_layer_without_its_redis(run_example: RunExample) -> None:
    nobody = f"redis://127.0.0.1:{free_ports(1)[0]}"

    done = run_example(PROJECT, "check_layer", REDIS_URL=nobody)

    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: default: ")
    assert "Connect call failed" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_layer_that_there_is_not(run_example: RunExample) -> None:
    done = run_example(PROJECT, "check_layer", "tasks")

    assert done.returncode == 1
    assert (
        done.stderr == "CommandError: There is no layer 'tasks'. There is: default.\n"
    )


def test_the_numbers_of_two_servers_add_up(
    serve_example: ServeExample, run_example: RunExample
) -> None:
    one = serve_example(PROJECT, NUMBER="1")
    two = serve_example(PROJECT, NUMBER="2")
    servers = [one.origin, two.origin]
    with (
        one.connect("/ws/rooms/lobby/"),
        two.connect("/ws/rooms/lobby/"),
        two.connect("/ws/rooms/attic/") as leaving,
    ):
        done = run_example(PROJECT, "room_statistics", *servers)
        assert done.stdout.splitlines() == [
            "2 rooms, 3 members",
            "     2  lobby",
            "     1  attic",
        ]
        leaving.close()
        two.wait_for_output('"WSDISCONNECT /ws/rooms/attic/"')

        done = run_example(PROJECT, "room_statistics", *servers)
        assert done.stdout.splitlines() == ["1 rooms, 2 members", "     2  lobby"]


FAIL = """
import asyncio
from channels.testing import WebsocketCommunicator
from monitoring.rooms import RoomConsumer, members

class FailingConsumer(RoomConsumer):
    async def receive(self, **frame):
        raise RuntimeError

async def fail():
    client = WebsocketCommunicator(FailingConsumer.as_asgi(), "/")
    client.scope["url_route"] = {"kwargs": {"room": "lobby"}}
    await client.connect(timeout=10)
    print("before:", dict(members))
    await client.send_to("hello")
    try:
        await client.wait(10)
    except RuntimeError:
        print("after:", dict(members))

asyncio.run(fail())
"""


def test_who_is_thrown_out_by_an_error_is_not_counted(run_example: RunExample) -> None:
    done = run_example(PROJECT, "shell", "--command", FAIL)

    assert "before: {'lobby': 1}\nafter: {}\n" in done.stdout, done.stderr


@pytest.mark.parametrize("server", ["http://127.0.0.1:{port}", "nonsense"])
def test_a_server_that_tells_nothing(run_example: RunExample, server: str) -> None:
    server = server.format(port=free_ports(1)[0])

    done = run_example(PROJECT, "room_statistics", server)

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"CommandError: {server} tells no numbers: ")
    assert len(done.stderr.splitlines()) == 1
