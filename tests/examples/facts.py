"""The tables of facts that the guide shows, for the tests that compare them."""

import csv
import io

import pytest
from _pytest.mark import ParameterSet

from tests.examples.server import EXAMPLES

Row = dict[str, str]


def rows_of(file: str) -> list[Row]:
    """The rows of a table in docs/examples, by column, without the marks of code."""
    text = (EXAMPLES / file).read_text(encoding="utf-8").replace("``", "")
    return list(csv.DictReader(io.StringIO(text)))


def facts(file: str) -> list[ParameterSet]:
    """The same for `parametrize`: a test that fails names the table and the row."""
    return [
        pytest.param(row, id=f"{file}: {next(iter(row.values()))}")
        for row in rows_of(file)
    ]
