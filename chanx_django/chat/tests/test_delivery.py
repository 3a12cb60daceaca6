"""A message reaches everybody in the room, whatever one of them does."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from chat import delivery
from chat.delivery import deliver

HELLO = {"type": "websocket.send", "text": "hello"}


async def sound() -> None:
    """What a connection does that works."""


async def fail() -> None:
    raise OSError("broken pipe")


async def stay_silent() -> None:
    await asyncio.Event().wait()


class Member:
    """One whose connection does what a test wants it to do."""

    def __init__(self, connection: Callable[[], Awaitable[None]] = sound) -> None:
        self.connection = connection
        self.heard: list[Any] = []
        self.is_gone = False

    async def send_to_client(self, frame: Any) -> None:
        await self.connection()
        self.heard.append(frame)

    def hang_up(self) -> None:
        self.is_gone = True


async def test_everybody_gets_every_frame_in_order() -> None:
    members = [Member(), Member()]
    frames = [HELLO, HELLO | {"text": "Lunch!"}]

    await deliver(members, frames)

    assert [member.heard for member in members] == [frames, frames]


async def test_one_whose_connection_fails_is_let_go_and_the_others_hear() -> None:
    alice, _, bob = members = [Member(), Member(fail), Member()]

    await deliver(members, [HELLO])

    assert alice.heard == bob.heard == [HELLO]
    assert [member.is_gone for member in members] == [False, True, False]


async def test_many_who_do_not_read_are_let_go_all_at_once() -> None:
    *silent, alice = members = [*(Member(stay_silent) for _ in range(20)), Member()]
    began = time.monotonic()

    await deliver(members, [HELLO])

    assert alice.heard == [HELLO]
    assert all(member.is_gone for member in silent)
    assert not alice.is_gone
    # One after the other, it would take 20 s.
    assert time.monotonic() - began < 10


async def test_nobody_is_let_go_because_all_together_take_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery, "SECONDS_TO_READ", 0.6)
    members = [Member(lambda: asyncio.sleep(0.08)) for _ in range(10)]

    await deliver(members, [HELLO])

    assert all(member.heard == [HELLO] for member in members)
    assert not any(member.is_gone for member in members)
