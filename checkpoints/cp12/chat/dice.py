import random
import re

from chat.messages import DiceRolled, DiceRolledPayload

MAX_COUNT = 100
MAX_SIDES = 1000


def parse_dice(dice: str) -> tuple[int, int]:
    """How many dice, and how many sides each has: "2d6" is (2, 6).

    Raises ValueError, with a sentence for the player, for anything else.
    """
    match = re.fullmatch(r"([0-9]{1,3})d([0-9]{1,4})", dice.strip())
    if match:
        count, sides = int(match[1]), int(match[2])
        if 1 <= count <= MAX_COUNT and 1 <= sides <= MAX_SIDES:
            return count, sides
    raise ValueError(
        "Write dice as /roll 2d6: how many, d, how many sides,"
        f" at most {MAX_COUNT}d{MAX_SIDES}."
    )


def roll_dice(name: str, count: int, sides: int, id: str | None = None) -> DiceRolled:
    """Roll the dice: the message that tells what they show, and the sum.

    The id is that of the message which asked for the roll.
    """
    rolls = [random.randint(1, sides) for _ in range(count)]
    return DiceRolled(
        payload=DiceRolledPayload(
            name=name, dice=f"{count}d{sides}", rolls=rolls, total=sum(rolls), id=id
        )
    )
