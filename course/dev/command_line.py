"""The commands of those who maintain the course, and what they take."""

import argparse
from collections.abc import Callable

from course.chapters import find_checkpoint

AddCommand = Callable[[str, str, str], argparse.ArgumentParser]


def add_commands_for_maintainers(command: AddCommand) -> None:
    """Add them to the command line, with the function that adds one."""
    carry = command(
        "carry", "course.dev.carry.carry", "take a change to all later ones"
    )
    carry.add_argument(
        "checkpoint",
        type=find_checkpoint,
        metavar="CHECKPOINT",
        help="where it was made; not committed yet",
    )

    mutate = command(
        "mutate", "course.dev.mutate.mutate", "tell which lines no test notices"
    )
    mutate.add_argument(
        "chosen",
        nargs="*",
        type=find_checkpoint,
        metavar="CHECKPOINT",
        help="which ones; all if left out",
    )

    wheelhouse = command(
        "wheelhouse",
        "course.dev.wheelhouse.wheelhouse",
        "fetch all packages, for a room without internet",
    )
    wheelhouse.add_argument(
        "--here",
        dest="only_here",
        action="store_true",
        help="for computers like this one; Linux, macOS and Windows if left out",
    )

    command("bench", "course.dev.bench.bench", "measure how fast the last ones are")
