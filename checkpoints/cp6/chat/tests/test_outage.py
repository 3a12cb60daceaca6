"""Redis that does not answer, or refuses: from the start, or from the middle on."""

import asyncio
import json
import re
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from django.core.management import CommandError, call_command
from pytest_django import Settings
from redis import ConnectionError, ReadOnlyError, Redis
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from chat.outage import REFUSED, TRY_AGAIN, check_redis, explain, is_hopeless
from chat.tests.programs import (
    PROJECT,
    free_port,
    run,
    run_redis,
    run_server,
    run_worker,
)
from config.asgi import application


def enter(address: str, username: str) -> connect:
    url = f"ws://{address}/ws/chat/lobby/?username={username}"
    return connect(url, origin="http://localhost")


def chat_message(message: str) -> str:
    payload = {"message": message, "name": "whatever"}
    return json.dumps({"action": "new_chat_message", "payload": payload})


async def say(socket: ClientConnection, message: str) -> None:
    await socket.send(chat_message(message))


async def receive(socket: ClientConnection, action: str) -> Any:
    """The payload of the next message with that action."""
    async with asyncio.timeout(60):
        while True:
            message = json.loads(await socket.recv())
            if message["action"] == action:
                return message["payload"]


async def assert_turned_away(socket: ClientConnection, reason: str = TRY_AGAIN) -> None:
    """The client gets a frame that says what to do, then the close."""
    assert await receive(socket, "error") == {"detail": reason}
    with pytest.raises(ConnectionClosed) as closed:
        await socket.recv()
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 4013


@pytest.mark.parametrize(
    "command", [["runserver", "--noreload", "0"], ["runworker", "dice"]]
)
def test_a_program_says_how_to_start_redis(tmp_path: Path, command: list[str]) -> None:
    port = free_port()
    url = f"redis://:secret@127.0.0.1:{port}"

    with run(tmp_path / "log", [sys.executable, "manage.py", *command], url) as program:
        program.wait_for(f"Redis does not answer at 127.0.0.1:{port}.\n.*redis-server")

    assert "secret" not in program.log.read_text()
    assert "Traceback" not in program.log.read_text()


# Every key and command, but no channel of publish and subscribe.
LIMITED_USER = ["default", "on", "nopass", "~*", "resetchannels", "+@all"]
# Without a port of its own for the cluster, it takes one that may be over 65,535.
CLUSTER = ["--cluster-enabled", "yes", "--cluster-port", str(free_port())]
BOTH = {"server", "worker"}
# The options of a Redis, what it then says and one should do, and which programs that
# keeps from working.
REFUSALS = [
    (["--requirepass", "right"], "authenticated.*Put its password", BOTH),
    (["--rename-command", "HELLO", ""], "HELLO.*too old", BOTH),
    (["--user", *LIMITED_USER], "permissions.*ACL SETUSER", {"server"}),
    (CLUSTER, "not in cluster mode", {"worker"}),
]


@pytest.fixture
def use_redis(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], None]:
    """Has this process use a Redis, as a server does that finds it in REDIS_URL."""

    def use(url: str) -> None:
        monkeypatch.setenv("REDIS_URL", url)
        anew = runpy.run_path(str(PROJECT / "config" / "settings.py"))
        for name in ["REDIS_URL", "CHANNEL_LAYERS", "CACHES"]:
            setattr(settings, name, anew[name])

    return use


@pytest.mark.parametrize(("options", "answer", "victims"), REFUSALS)
async def test_everybody_is_told_why_redis_refuses(
    tmp_path: Path,
    use_redis: Callable[[str], None],
    options: list[str],
    answer: str,
    victims: set[str],
) -> None:
    port = free_port()
    use_redis(f"redis://127.0.0.1:{port}")
    with run_redis(tmp_path / "log", port, "--dir", str(tmp_path), *options):
        [warning] = check_redis()
        assert re.search(f"refuses: .*{answer}", f"{warning.msg} {warning.hint}")
        assert "default" not in warning.msg
        if "worker" in victims:
            with pytest.raises(CommandError, match=f"Redis refuses: .*{answer}"):
                await asyncio.to_thread(call_command, "runworker", "dice")
        if "server" in victims:
            client = WebsocketCommunicator(
                application,
                "/ws/chat/lobby/?username=alice",
                headers=[(b"origin", b"http://localhost")],
            )
            await client.connect(10)
            # Who may subscribe to nothing is let in, and learns it by speaking.
            await client.send_to(text_data=chat_message("hello"))
            told = ""
            while (event := await client.receive_output(10)).get("text"):
                told = event["text"]
            assert (REFUSED in told, event["code"]) == (True, 4013)
            await client.disconnect()


async def test_programs_say_that_a_password_is_wrong_and_do_not_show_it(
    tmp_path: Path,
) -> None:
    port = free_port()
    url = f"redis://:xyz@127.0.0.1:{port}"
    command = [sys.executable, "manage.py", "runworker", "dice"]
    with (
        run_redis(tmp_path / "redis.log", port, "--requirepass", "right"),
        run_server(tmp_path / "server.log", url) as (address, server),
        run(tmp_path / "worker.log", command, url) as worker,
    ):
        # The check at the start, and then what each of them meets.
        worker.wait_for(f"(?s)Redis at 127.0.0.1:{port} refuses: invalid .*Correct")
        assert worker.process.wait(timeout=60) == 1
        worker.wait_for("CommandError: Redis refuses: invalid username.*Correct")
        async with enter(address, "alice") as alice:
            await assert_turned_away(alice, REFUSED)
        server.wait_for("Redis refuses: invalid username.*Correct")

    for program in [server, worker]:
        assert "Traceback" not in program.log.read_text()
        assert "xyz" not in program.log.read_text()
        assert "default" not in program.log.read_text()


# What comes before the @ has plugh in it, wherever a client takes its parts from.
PASSWORDS = [
    ":plugh#2@", ":plugh/b@", ":plugh?y@", ":[plugh@", ":plugh]@", ":6#plugh@",
    ":#plugh/@", "plugh:p#@", "plugh/:p@", ":p@h/plugh@", ":6379/plugh@",
]  # fmt: skip


@pytest.mark.parametrize("secret", PASSWORDS)
def test_no_part_of_a_password_is_ever_shown(settings: Settings, secret: str) -> None:
    settings.REDIS_URL = f"redis://{secret}localhost:6379"

    [message] = check_redis()

    for text in [str(message), explain(ConnectionError("connecting to plugh"))]:
        assert "plugh" not in text
        assert "write # as %23" in text


@pytest.mark.parametrize("url", ["redis://h:99999", "redis://h?x=y", "http://h", "h"])
def test_what_is_no_address_is_told_from_an_outage(
    settings: Settings, url: str
) -> None:
    settings.REDIS_URL = url

    [message] = check_redis()

    assert message.id == "chat.E001"


async def test_no_program_shows_a_password_that_breaks_the_address(
    tmp_path: Path,
) -> None:
    url = "redis://:plugh#2@localhost:6379"
    command = [sys.executable, "manage.py", "runworker", "--skip-checks", "dice"]
    with (
        run_server(tmp_path / "server.log", url) as (address, server),
        run(tmp_path / "worker.log", command, url) as worker,
    ):
        async with enter(address, "alice") as alice:
            await assert_turned_away(alice, REFUSED)
        assert worker.process.wait(timeout=60) == 1

    for program in [server, worker]:
        program.wait_for("REDIS_URL is not an address.*write # as %23")
        assert "plugh" not in program.log.read_text()
        assert "Traceback" not in program.log.read_text()


def test_a_passing_refusal_is_waited_for(settings: Settings) -> None:
    settings.REDIS_URL = "redis://localhost"

    assert not is_hopeless(ReadOnlyError("You can't write against a read only replica"))


@pytest.mark.parametrize(
    ("redis_url", "sentence"),
    [
        ("", "A worker gets its tasks over Redis."),
        ("localhost", "REDIS_URL is not an address"),
    ],
)
def test_a_worker_without_an_address_says_what_to_set(
    settings: Settings, redis_url: str, sentence: str
) -> None:
    settings.REDIS_URL = redis_url

    with pytest.raises(CommandError, match=sentence):
        call_command("runworker", "dice", skip_checks=False)


async def test_the_chat_recovers_when_redis_comes_back(tmp_path: Path) -> None:
    port = free_port()
    url = f"redis://127.0.0.1:{port}"
    with (
        run_server(tmp_path / "server.log", url) as (address, server),
        run_worker(tmp_path / "worker.log", url) as worker,
    ):
        async with enter(address, "early") as early:
            await assert_turned_away(early)

        with run_redis(tmp_path / "redis1.log", port):
            alice = await enter(address, "alice")
            bob = await enter(address, "bob")
            for socket in [alice, bob]:
                # The server answers only after it has put the client into the room.
                await socket.send(json.dumps({"action": "ping"}))
                await receive(socket, "pong")
            await say(alice, "hello")
            assert (await receive(bob, "new_chat_message"))["message"] == "hello"

        await say(alice, "does anybody hear me?")
        await assert_turned_away(alice)
        async with enter(address, "newcomer") as newcomer:
            await assert_turned_away(newcomer)

        with run_redis(tmp_path / "redis2.log", port):
            async with enter(address, "carol") as carol:
                # Bob never left. The server has subscribed him again by itself.
                assert await hears(bob, carol)

                await say(carol, "/roll 1d1")
                assert (await receive(carol, "dice_rolled"))["total"] == 1

    await bob.close()
    for program in [server, worker]:
        program.wait_for("Redis does not answer")
        assert "Traceback" not in program.log.read_text()


async def test_nobody_notices_an_outage_in_a_quiet_hour(tmp_path: Path) -> None:
    port = free_port()
    url = f"redis://127.0.0.1:{port}"
    with (
        run_server(tmp_path / "server.log", url) as (address, server),
        run_redis(tmp_path / "redis.log", port) as redis,
        run_worker(tmp_path / "worker.log", url),
    ):
        # Bob says nothing. By him the server notices that Redis is back.
        async with enter(address, "bob"):
            async with enter(address, "alice") as alice:
                await say(alice, "/roll 1d1")
                assert (await receive(alice, "dice_rolled"))["total"] == 1

            redis.process.kill()
            redis.process.wait()
            server.wait_for("Redis does not answer")
            with run_redis(tmp_path / "redis_again.log", port):
                await somebody_listens(port)
                async with enter(address, "alice") as alice:
                    await say(alice, "/roll 1d1")
                    assert (await receive(alice, "dice_rolled"))["total"] == 1


async def somebody_listens(port: int) -> None:
    """Wait until a server has subscribed to a channel of Redis."""
    with Redis(port=port) as redis:
        for _ in range(1000):
            if redis.pubsub_channels():
                return
            await asyncio.sleep(0.1)
    pytest.fail("No server has subscribed again.")


async def hears(listener: ClientConnection, speaker: ClientConnection) -> bool:
    """Whether a message arrives within 60 seconds, when it is said again and again."""
    hearing = asyncio.create_task(receive(listener, "new_chat_message"))
    while not hearing.done():
        await say(speaker, "can you hear me?")
        await asyncio.wait([hearing], timeout=0.2)
    return bool(hearing.result())
