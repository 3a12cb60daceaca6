"""The tables of facts that the guide shows, for the tests that compare them."""

import csv

import pytest
from _pytest.mark import ParameterSet

from tests.examples.server import EXAMPLES

Row = dict[str, str]


def rows_of(file: str) -> list[Row]:
    """The rows of a table in docs/examples, by column.

    Without the marks of code, and with an empty text for a dash.
    """
    with (EXAMPLES / file).open(encoding="utf-8", newline="") as table:
        return [
            {plain(column): plain(cell) for column, cell in row.items()}
            for row in csv.DictReader(table)
        ]


def plain(cell: str) -> str:
    return "" if cell == "–" else cell.replace("``", "")


def facts(file: str) -> list[ParameterSet]:
    """The same for `parametrize`: a test that fails names the table and the row."""
    return [
        pytest.param(row, id=f"{file}: {next(iter(row.values()))}")
        for row in rows_of(file)
    ]
