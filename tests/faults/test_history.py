"""Whatever fails: what was acknowledged is there once, in the same order for all."""

import os
import random
from pathlib import Path

import pytest

from tests.faults.breakable import breakable
from tests.faults.keepers import violations

FAULTS = [
    "server killed",
    "redis killed",
    "redis paused",
    "redis flushed",
    "network cut",
    "client reloaded",
]
OWN = {"sqlite": "sqlite locked", "postgresql": "postgresql restarted"}


@pytest.mark.parametrize(
    "number", [5, pytest.param(50, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])]
)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_nothing_acknowledged_is_lost_or_doubled(
    tmp_path: Path, kind: str, number: int
) -> None:
    seed = os.environ.get("FAULTS_SEED") or str(random.randrange(10**6))
    chance = random.Random(seed)
    # The one of its own always is among them.
    faults = [OWN[kind], *chance.choices([*FAULTS, OWN[kind]], k=number - 1)]
    chance.shuffle(faults)
    print(f"FAULTS_SEED={seed}: {faults}")

    async with breakable(tmp_path, kind) as site:
        async with site.people():
            for fault in faults:
                await site.fail(fault, chance)
        stored = site.stored()
        print(f"{len(stored)} messages, {len(faults)} faults")

        assert violations(site.keepers, stored) == []
        assert len(stored) == sum(keeper.said for keeper in site.keepers)
        for server in site.servers:
            assert "Traceback" not in server.output
