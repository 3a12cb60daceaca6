"""The kinds of work there are. Each writes a file, and tells how far it has come."""

from collections.abc import Callable, Iterator
from typing import IO, NamedTuple

from chat.models import Room
from system.export import export
from system.statistics import statistics


class Task(NamedTuple):
    """What does the work, and what its file is called."""

    work: Callable[[Room, IO[bytes]], Iterator[int]]
    file_name: str


TASKS = {
    "export": Task(export, "history.zip"),
    "statistics": Task(statistics, "statistics.svg"),
}
