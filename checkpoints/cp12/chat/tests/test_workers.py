from typing import Any

import pytest

from chat import workers
from chat.workers import DiceConsumer

GROUP = f"room.{'0' * 64}"
ROLL = {
    "type": "dice.roll",
    "id": "a roll",
    "count": 2,
    "sides": 6,
    "username": "alice",
    "group": GROUP,
}


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        {},
        {"type": "dispatch"},
        ROLL | {"type": "dispatch"},
        ROLL | {"count": 1_000_000_000},
        ROLL | {"count": 0},
        ROLL | {"sides": "6"},
        ROLL | {"sides": 1001},
        ROLL | {"username": None},
        ROLL | {"group": 1},
        {key: value for key, value in ROLL.items() if key != "id"},
    ],
)
async def test_what_is_no_roll_is_dropped(
    monkeypatch: pytest.MonkeyPatch, event: Any
) -> None:
    """Whoever reaches the queue can put anything into it."""
    errors: list[str] = []
    monkeypatch.setattr(workers.logger, "error", lambda *args: errors.append(args[0]))
    monkeypatch.setattr(workers, "roll_dice", pytest.fail)

    await DiceConsumer().dispatch(event)

    assert errors == ["This is no roll: %r"]


async def test_a_roll_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Any] = []

    async def note(_self: DiceConsumer, event: Any) -> None:
        done.append(event)

    monkeypatch.setattr(DiceConsumer, "dice_roll", note)

    await DiceConsumer().dispatch(ROLL)

    assert done == [ROLL]
