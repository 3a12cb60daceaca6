"""Variables of the environment that are no number where one is wanted."""

from pathlib import Path

import pytest

from tests.support.programs import Programs


@pytest.mark.parametrize("variable", ["RATE_LIMIT_BURST", "RATE_LIMIT_PER_SECOND"])
@pytest.mark.parametrize("value", ["many", "-1", "0", "nan"])
def test_a_rate_limit_that_is_no_number_is_named(
    tmp_path: Path, variable: str, value: str
) -> None:
    with Programs(tmp_path) as programs:
        check = programs.start("python", "manage.py", "check", **{variable: value})

        assert check.exit_status() == 1

    sentence = f"Set {variable} to a number over 0, not to {value!r}."
    assert check.output.strip().endswith(sentence)
