"""What fails now and then, with something in its place that surely does."""

import asyncio
import inspect
import json
import logging
import runpy
from unittest.mock import AsyncMock

import pytest
from channels.layers import InMemoryChannelLayer
from channels.worker import Worker
from django.core.management import CommandError
from redis.exceptions import ConnectionError, NoPermissionError, TimeoutError

import config.settings
from chat import workers
from chat.outage import OutageMiddleware
from chat.tests.conftest import Join

AWAY = ConnectionError("connection refused")


@pytest.fixture
def pause(monkeypatch: pytest.MonkeyPatch) -> AsyncMock:
    """In place of the pauses that a worker makes."""
    pause = AsyncMock()
    monkeypatch.setattr(asyncio, "sleep", pause)
    return pause


def worker_of(application: AsyncMock) -> Worker:
    # Not at the top: the other tests do without it, also before it is written.
    from chat.management.commands.runworker import PatientWorker

    return PatientWorker(application, ["dice"], AsyncMock())


async def test_a_worker_pauses_after_a_task_that_fails_and_begins_anew(
    caplog: pytest.LogCaptureFixture, pause: AsyncMock
) -> None:
    # To be cancelled is what ends a worker, and this test.
    application = AsyncMock(side_effect=[ValueError("oops"), asyncio.CancelledError])

    with pytest.raises(asyncio.CancelledError):
        await worker_of(application).listener("dice")

    pause.assert_awaited_once()
    assert "oops" in caplog.text


async def test_a_worker_pauses_while_redis_is_away(
    caplog: pytest.LogCaptureFixture, pause: AsyncMock
) -> None:
    application = AsyncMock(side_effect=[AWAY, asyncio.CancelledError])

    with pytest.raises(asyncio.CancelledError):
        await worker_of(application).listener("dice")

    pause.assert_awaited_once()
    assert "connection refused" in caplog.text


async def test_a_worker_ends_if_redis_refuses_for_good(
    pause: AsyncMock,
) -> None:
    application = AsyncMock(side_effect=NoPermissionError("User bob has no rights"))

    with pytest.raises(CommandError, match="The user has no rights"):
        await worker_of(application).listener("dice")

    pause.assert_not_awaited()


async def test_a_roll_that_is_lost_is_in_the_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = AsyncMock()
    cache.aadd.side_effect = AWAY
    monkeypatch.setattr(workers, "cache", cache)

    roll = {"id": "1", "count": 2, "sides": 6, "username": "alice", "group": "room"}
    await workers.DiceConsumer().dice_roll(roll)

    assert "The roll of 'alice' is lost" in caplog.text


def test_workers_share_the_cache_in_which_they_claim_a_task(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://somewhere")

    settings = runpy.run_path(inspect.getfile(config.settings))

    assert settings["CACHES"]["default"]["LOCATION"] == "redis://somewhere"


async def test_who_speaks_while_redis_is_away_is_told_and_closed(
    join: Join, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = await join("lobby", "alice")
    monkeypatch.setattr(InMemoryChannelLayer, "group_send", AsyncMock(side_effect=AWAY))

    payload = {"message": "hello", "name": "alice"}
    await alice.send_json_to({"action": "new_chat_message", "payload": payload})

    message, close = await alice.receive_output(), await alice.receive_output()
    assert json.loads(message["text"])["action"] == "error"
    assert (close["type"], close["code"]) == ("websocket.close", 4013)
    assert "connection refused" in caplog.text


async def test_who_cannot_be_let_in_is_told_and_closed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    send = AsyncMock()

    await OutageMiddleware(AsyncMock(side_effect=AWAY))({}, None, send)

    accept, message, close = [call.args[0] for call in send.await_args_list]
    assert accept == {"type": "websocket.accept"}
    reason = json.loads(message["text"])["payload"]["detail"]
    assert close == {"type": "websocket.close", "code": 4013, "reason": reason}
    assert "connection refused" in caplog.text


AWAY_IN_WORDS = "Redis does not answer: connection refused"


@pytest.mark.parametrize(
    ("name", "error", "in_words"),
    [
        ("chat", AWAY, AWAY_IN_WORDS),
        ("channels_redis", AWAY, AWAY_IN_WORDS),
        ("asyncio", AWAY, AWAY_IN_WORDS),
        ("channels_redis", RuntimeError("two readers"), "RuntimeError('two readers')"),
    ],
)
def test_an_outage_is_one_line_of_the_log(
    name: str, error: Exception, in_words: str
) -> None:
    record = logging.makeLogRecord({"name": name, "msg": "lost %s", "args": ("it",)})
    record.exc_info = (type(error), error, None)
    handler = logging.getLogger(name).handlers[0]

    assert handler.filter(record)

    line = handler.format(record)
    assert line.endswith(f"{name}: lost it {in_words}")
    assert "\n" not in line


@pytest.mark.parametrize(("error", "tries"), [(AWAY, 2), (TimeoutError("late"), 1)])
async def test_only_what_surely_was_not_done_is_tried_again(
    error: Exception, tries: int
) -> None:
    command = AsyncMock(side_effect=error)

    with pytest.raises(type(error)):
        await config.settings.ONCE_MORE.call_with_retry(command, AsyncMock())

    assert command.await_count == tries
