import csv
import io

import pytest

from chat import history
from chat.messages import ChatMessagePayload
from chat.models import Room
from system import history as pieces
from system.messages import TaskPayload
from system.tasks import TASKS


@pytest.fixture
def room() -> Room:
    key = history.key_of("lobby")
    for name in ["bob"] + 200 * ["ada"]:
        history.store(key, ChatMessagePayload(message="hello", name=name))
    return Room.objects.get(pk=key)


def test_it_can_be_asked_for() -> None:
    """Add it to TaskType in system/messages.py, and to TASKS in system/tasks.py."""
    asked = TaskPayload.model_validate({"task_type": "names", "content": "lobby"})

    assert TASKS[asked.task_type].file_name == "names.csv"


def test_who_has_said_most_comes_first(room: Room) -> None:
    """Sort by the number, the largest first: Counter.most_common() does."""
    file = io.BytesIO()

    for _ in TASKS["names"].work(room, file):
        pass

    rows = list(csv.reader(file.getvalue().decode().splitlines()))
    assert rows == [["ada", "200"], ["bob", "1"]]


def test_its_progress_is_in_percent(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each piece, yield how much of 100 is done."""
    monkeypatch.setattr(pieces, "PIECE", 67)

    percents = list(TASKS["names"].work(room, io.BytesIO()))

    assert percents == sorted(percents)
    assert len(percents) >= 3
    assert percents[-1] in {99, 100}
