import pytest

from tests.examples.conftest import ServeExample

pytestmark = pytest.mark.covers("G2")


def test_the_parameters_of_both_lists_add_up(serve_example: ServeExample) -> None:
    server = serve_example("routing/nested.py")

    answer = server.ask("/ws/opera/seats/12/")

    assert answer == "You are in house opera, seat 12."


def test_the_last_route_of_the_outer_list_is_enough(
    serve_example: ServeExample,
) -> None:
    server = serve_example("routing/nested.py")

    assert server.ask("/ws/opera/boxes/12/") == "status 403"
    assert "Traceback" not in server.output


def test_include_is_refused(serve_example: ServeExample) -> None:
    with pytest.raises(
        AssertionError, match=r"include\(\) is not supported in URLRouter"
    ):
        serve_example("routing/with_include.py")
