import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.chapters.computer import Computer
from tests.chapters.ports import Ports, accepts


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let each of xdist's workers begin with some chapters, which take longest.

    It gives each of them an equal part of the tests, one after the other. Whoever is
    done takes from the end of another one's part, so what stands there comes last.

    The first worker's first chapter has the pages built. The other ones need not wait
    for them: they begin with tests of the replay that need no pages.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    chapters = [item for item in items if item.path.name == "test_chapters.py"]
    before = [it for it in items if it.path.name == "test_faults.py" and workers > 1]
    rest = [item for item in items if item not in {*chapters, *before}]
    count, items[:] = len(items), []
    for number in range(workers):
        first = chapters[number::workers]
        if number:
            first = [*before[number - 1 :: workers - 1], *first]
        share = (count - len(items)) // (workers - number)
        end = max(share - len(first), 0)
        items += [*first, *rest[:end]]
        del rest[:end]


@pytest.fixture
def computer(tmp_path: Path, ports: Ports, browser: Browser) -> Iterator[Computer]:
    """A reader's computer, with nothing on it."""
    computer = Computer(tmp_path / "mychat", ports, browser)
    yield computer
    computer.close()
    assert not any(map(accepts, ports.real.values())), "a server outlives its test"
