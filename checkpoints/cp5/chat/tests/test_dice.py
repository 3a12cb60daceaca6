import pytest

from chat.dice import parse_dice, roll_dice
from chat.tests.conftest import Join


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
        dice, _, rolls = roll_dice(3, 6).partition(": ")
        shown, _, total = rolls.partition(" = ")
        numbers = [int(number) for number in shown.split(" + ")]

        assert dice == "rolled 3d6"
        assert len(numbers) == 3
        assert all(1 <= number <= 6 for number in numbers)
        assert sum(numbers) == int(total)


async def test_without_a_layer_for_tasks_the_server_rolls(join: Join) -> None:
    alice, bob = await join("lobby", "alice"), await join("lobby", "bob")

    await alice.send_to(text_data="/roll 3d1")

    for client in [alice, bob]:
        assert await client.receive_json_from() == {
            "username": "alice",
            "message": "rolled 3d1: 1 + 1 + 1 = 3",
        }


@pytest.mark.parametrize("text", ["/roll", "/roll x", "/roll 0d6", "/roll 9999999d9"])
async def test_bad_dice_are_told_to_their_sender_only(join: Join, text: str) -> None:
    alice, bob = await join("lobby", "alice"), await join("lobby", "bob")

    await alice.send_to(text_data=text)

    assert "Write dice as" in (await alice.receive_json_from())["error"]
    await alice.send_to(text_data="still here")
    assert (await bob.receive_json_from())["message"] == "still here"


async def test_a_word_that_begins_like_a_roll_is_a_message(join: Join) -> None:
    alice = await join("lobby", "alice")

    await alice.send_to(text_data="/rolling home")

    assert (await alice.receive_json_from())["message"] == "/rolling home"
