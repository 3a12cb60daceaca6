"""The finished project's worker for dice, which a roll of 13 dice kills.

It dies as by kill -9, with the roll begun and nobody told of it.
"""

from importlib import import_module
from typing import Any

import django
import psutil
from django.core.management import call_command

UNLUCKY = 13


def main() -> None:
    django.setup()
    workers: Any = import_module("chat.workers")
    roll_dice = workers.roll_dice

    def roll_or_die(name: str, count: int, *arguments: Any) -> Any:
        if count == UNLUCKY:
            psutil.Process().kill()
        return roll_dice(name, count, *arguments)

    workers.roll_dice = roll_or_die
    call_command("runworker", "dice")


main()
