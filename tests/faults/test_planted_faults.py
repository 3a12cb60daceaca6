"""The proof of history finds what it is there to find, planted into a copy."""

import asyncio
import random
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.faults.breakable import Site, breakable
from tests.faults.keepers import Keeper, violations
from tests.support.commands import until
from tests.support.programs import FINISHED
from tests.support.running import HOST

CONSUMER, HISTORY = "chat/consumers/chat_consumer.py", "chat/history.py"
MODELS, MIGRATION = "chat/models.py", "chat/migrations/0001_history.py"

STORE = "        stored, is_new = await store(key, payload, self.right)\n"
# What the next number is going to be, if nobody else is quicker.
GUESS = """\
        room = await Room.objects.aget(pk=key)
        said = ChatMessagePayload(**payload.model_dump() | {"seq": room.newest + 1})
        from chat.messages import now
        said.sent_at = now()
"""
PAUSE = "        await asyncio.sleep(0.3)\n"
ACKNOWLEDGE = """\
        saved = MessageSavedPayload(**said.model_dump())
        await self.send_message(MessageSaved(payload=saved))
"""
BROADCAST = "        await self.tell_the_others(NewChatMessage(payload=said))\n"
JOIN = "        await self.join_group(group)\n"
LATER = """\
        await self.send_message(History(payload=answer))
        await asyncio.sleep(0.3)
        await self.join_group(self.room_group)
        return None
        if deleted:
"""
CONSTRAINT = (
    '            models.UniqueConstraint(fields=["room", "seq"], name="seq_in_room"),\n'
)
IN_MIGRATION = (
    '                    models.UniqueConstraint(fields=("room", "seq"),'
    ' name="seq_in_room"),\n'
)
# The first of the two takes the lock.
COUNT = """\
        cursor.execute("UPDATE chat_room SET newest = newest + 1 WHERE id = %s", [key])
        cursor.execute("SELECT newest FROM chat_room WHERE id = %s", [key])
        row = cursor.fetchone()
"""
HIGHEST = """\
        import time
        highest = "SELECT COALESCE(MAX(seq), 0) FROM chat_message WHERE room_id = %s"
        cursor.execute(highest, [key])
        row = [cursor.fetchone()[0] + 1]
        time.sleep(0.05)
        Room.objects.filter(pk=key).update(newest=row[0])
"""
NEXT = "            seq = next_number(key)\n"
KNOWN = """\
            for known in Message.objects.filter(room=key, client_id=payload.id):
                return stored(known), False
"""

Scenario = Callable[[Site], Awaitable[None]]


async def kills(site: Site) -> None:
    """Servers are killed while people talk."""
    async with site.people():
        for _ in range(4):
            await site.fail("server killed", random.Random())


async def talk(site: Site) -> None:
    """People talk at two servers."""
    async with site.people():
        before = len(site.stored())
        await until(lambda: len(site.stored()) > before + 50, "nobody talks")


async def entrances(site: Site) -> None:
    """Somebody says a last word as soon as somebody else has come in.

    Nobody has a heartbeat, so the last word has to come by itself.
    """
    addresses = [f"{HOST}:{port}" for port in site.ports]
    speaker = Keeper("speaker", addresses[:1], has_heartbeat=False)
    living = [asyncio.create_task(speaker.live())]
    try:
        await until(lambda: speaker.socket is not None, "nobody is there")
        for number in range(5):
            listener = Keeper(f"listener {number}", addresses[1:], has_heartbeat=False)
            living.append(asyncio.create_task(listener.live()))
            await listener.has_caught_up.wait()
            await speaker.say()
            site.keepers.append(listener)
            await until(lambda: not speaker.waiting, "nothing is stored")
            await until(
                lambda: {one.newest for one in site.keepers} == {speaker.newest},
                "a last word did not come",
                20,
            )
    finally:
        for task in living:
            task.cancel()


PLANTED: dict[str, tuple[Scenario, str, list[tuple[str, str, str]]]] = {
    "acknowledged before the commit": (
        kills,
        "sqlite",
        [(CONSUMER, STORE, GUESS + ACKNOWLEDGE + PAUSE + STORE)],
    ),
    "broadcast before the commit": (
        kills,
        "sqlite",
        [(CONSUMER, STORE, GUESS + BROADCAST + PAUSE + STORE)],
    ),
    "the highest number and one, without a lock": (
        talk,
        "postgresql",
        [
            (HISTORY, COUNT, HIGHEST),
            (MODELS, CONSTRAINT, ""),
            (MIGRATION, IN_MIGRATION, ""),
        ],
    ),
    "replay before join": (
        entrances,
        "sqlite",
        [(CONSUMER, JOIN, ""), (CONSUMER, "        if deleted:\n", LATER)],
    ),
    "one id for all": (talk, "sqlite", [(HISTORY, NEXT, KNOWN + NEXT)]),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTED)
async def test_a_planted_fault_is_found(tmp_path: Path, name: str) -> None:
    scenario, kind, changes = PLANTED[name]
    project = tmp_path / "project"
    shutil.copytree(FINISHED, project, ignore=shutil.ignore_patterns("*.sqlite3"))
    for path, right, wrong in changes:
        text = (project / path).read_text(encoding="utf-8")
        assert right in text, f"{path} has no {right!r}"
        (project / path).write_text(text.replace(right, wrong), encoding="utf-8")

    found = await faults_found(tmp_path, kind, scenario, project)
    print(found[:3])
    assert found


@pytest.mark.slow
@pytest.mark.parametrize("scenario", [kills, talk, entrances])
async def test_nothing_is_found_where_nothing_is_planted(
    tmp_path: Path, scenario: Scenario
) -> None:
    assert await faults_found(tmp_path, "sqlite", scenario) == []


async def faults_found(
    folder: Path, kind: str, scenario: Scenario, project: Path = FINISHED
) -> list[str]:
    """What a scenario has found: somebody waits in vain, or sees something wrong."""
    async with breakable(folder, kind, project) as site:
        try:
            await scenario(site)
        except AssertionError as error:
            return [str(error)]
        return violations(site.keepers, site.stored())
