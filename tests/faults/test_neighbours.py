"""Two projects on one Redis: what separates them, and what does not."""

import json
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection

from course.chapters import find_checkpoint
from tests.support.clients import enter, receive, say
from tests.support.programs import Programs


async def rest_until_pong(socket: ClientConnection) -> list[Any]:
    """What else has come, up to the answer to a ping."""
    await socket.send('{"action": "ping"}')
    messages = [json.loads(await socket.recv())]
    while messages[-1]["action"] != "pong":
        messages.append(json.loads(await socket.recv()))
    return messages[:-1]


async def test_the_prefix_keeps_checkpoints_apart_and_a_database_number_does_not(
    tmp_path: Path,
) -> None:
    folders = [tmp_path / name for name in ["final", "cp9"]]
    for folder in folders:
        folder.mkdir()
    older = Programs(folders[1], find_checkpoint("cp9").folder)
    with Programs(folders[0]) as programs, older:
        redis = programs.redis()
        one = programs.daphne(redis_url=f"{redis.url}/1")
        two = programs.daphne(redis_url=f"{redis.url}/2")
        other = older.daphne(redis_url=f"{redis.url}/1")

        async with (
            enter(other.address, "lobby", "bob") as bob,
            enter(one.address, "lobby", "ann") as ann,
            enter(two.address, "lobby", "eve") as eve,
        ):
            announced = programs.start(
                "python", "manage.py", "announce", "lunch", REDIS_URL=redis.url
            )
            assert announced.exit_status() == 0
            await say(ann, "hello")
            assert (await receive(eve, "announcement"))["message"] == "lunch"
            assert (await receive(eve, "new_chat_message"))["message"] == "hello"

            assert await rest_until_pong(bob) == []
        for server in [one, two, other]:
            assert "Traceback" not in server.output
            assert "Nobody in" not in server.output
