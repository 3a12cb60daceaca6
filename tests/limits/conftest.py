import json
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

    `factor` is how many times as large or small it may be. Times and memory differ
    from machine to machine and from run to run, counts do not.
    """
    write = request.config.getoption("--write-measured")

    def compare(name: str, figure: float, factor: float = 1) -> None:
        figure = round(figure, 1) if figure < 10 else round(figure)
        figures = json.loads(MEASURED.read_text()) if MEASURED.exists() else {}
        if write:
            figures[name] = figure
            text = json.dumps(dict(sorted(figures.items())), indent=2)
            MEASURED.write_text(f"{text}\n")
        expected = figures[name]
        assert expected / factor <= figure <= expected * factor, (
            f"{name} is {figure} today and {expected} on the pages, which may be"
            f" {factor} times as much or as little. If that is how it is now: python -m"
            " pytest tests/limits --write-measured"
        )

    return compare
