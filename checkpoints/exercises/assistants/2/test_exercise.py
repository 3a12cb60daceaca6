import asyncio
import time

import pytest

from assistants import quotes

SECONDS = 0.01


async def test_nobody_else_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotes, "SECONDS_A_WORD", SECONDS)
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            began = time.monotonic()
            await asyncio.sleep(0)
            longest = max(longest, time.monotonic() - began)

    watching = asyncio.create_task(watch())
    words = [word async for word in quotes.answer("How do I reconnect?", [])]
    # The watch notices how long it had to wait.
    await asyncio.sleep(SECONDS)
    watching.cancel()

    # Blocked, the loop would stand still for all of the words together.
    assert longest < len(words) * SECONDS / 2
