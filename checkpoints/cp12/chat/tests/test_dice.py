import pytest

from chat.dice import parse_dice, roll_dice


@pytest.mark.parametrize(
    ("dice", "parsed"),
    [("2d6", (2, 6)), (" 1d20 ", (1, 20)), ("100d1000", (100, 1000)), ("1d1", (1, 1))],
)
def test_dice_are_a_count_and_sides(dice: str, parsed: tuple[int, int]) -> None:
    assert parse_dice(dice) == parsed


@pytest.mark.parametrize(
    "dice",
    ["", "x", "0d6", "6d0", "101d6", "1d1001", "9999999d9", "-1d6", "2d6 2d6", "٢d٦"],
)
def test_bad_dice_say_what_to_write(dice: str) -> None:
    with pytest.raises(ValueError, match="Write dice as /roll 2d6"):
        parse_dice(dice)


def test_a_roll_shows_each_die_and_the_sum() -> None:
    for _ in range(100):
        rolled = roll_dice("alice", 3, 6).payload

        assert (rolled.name, rolled.dice) == ("alice", "3d6")
        assert len(rolled.rolls) == 3
        assert all(1 <= number <= 6 for number in rolled.rolls)
        assert sum(rolled.rolls) == rolled.total
