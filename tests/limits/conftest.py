import json
import time
from collections.abc import Callable, Iterator

import pytest

from course.chapters import ROOT
from tests.limits.programs import Programs

MEASURED = ROOT / "docs" / "measured" / "limits.json"

Measured = Callable[..., None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-measured",
        action="store_true",
        help="write what is measured into docs/measured/limits.json, for the pages",
    )


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    """Programs that run until the module's last test."""
    with Programs(tmp_path_factory.mktemp("programs")) as programs:
        yield programs


@pytest.fixture(scope="session")
def measured(request: pytest.FixtureRequest) -> Measured:
    """Compares a figure with the one on the pages, or writes it down for them.

    `factor` is how many times as large or small it may be. `grows` is 1 for a time and
    -1 for a rate: where the computer is slower now than the one that the pages are
    about, a time may be longer, and a rate lower, by as much.
    """
    write = request.config.getoption("--write-measured")

    def compare(name: str, figure: float, factor: float = 1, grows: int = 0) -> None:
        figure = round(figure, 1) if figure < 10 else round(figure)
        figures = json.loads(MEASURED.read_text()) if MEASURED.exists() else {}
        now = seconds_of_yardstick() if grows else 1
        if write:
            figures[name] = figure
            if grows:
                figures["yardstick.seconds"] = round(now, 3)
            text = json.dumps(dict(sorted(figures.items())), indent=2)
            MEASURED.write_text(f"{text}\n")
        expected = figures[name]
        slower = (now / figures["yardstick.seconds"]) ** grows
        least, most = min(1, slower) / factor, max(1, slower) * factor
        assert expected * least <= figure <= expected * most, (
            f"{name} is {figure} today and {expected} on the pages, which may be"
            f" {least:.2f} to {most:.2f} times as much. If that is how it is now:"
            " python -m pytest tests/limits --write-measured"
        )

    return compare


def seconds_of_yardstick() -> float:
    """How long this computer takes, now, for work that is always the same."""
    numbers = list(range(1000))
    began = time.perf_counter()
    for _ in range(500):
        assert json.loads(json.dumps(numbers)) == numbers
    return time.perf_counter() - began
