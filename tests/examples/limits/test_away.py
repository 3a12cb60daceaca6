import pytest

from tests.examples.shell import assert_session_in_shell


@pytest.mark.covers("G17")
def test_the_session_in_the_shell() -> None:
    assert_session_in_shell("limits/away.txt", "layers.notices")
