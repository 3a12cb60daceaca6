"""The command line of the course: its commands and what they take.

A name is resolved here, into a checkpoint or a folder, and what follows passes that on.
"""

import argparse
from pathlib import Path

from course.chapters import ROOT, Checkpoint, find_checkpoint
from course.dev.command_line import add_commands_for_maintainers
from course.exercise.data import find_exercise
from course.projects import find_project, project_around
from course.start import checkpoint_or_saved


def command_line() -> argparse.ArgumentParser:
    """Return the parser of all commands.

    What it finds is the name of a function, `run`, and that function's arguments.
    """
    parser = argparse.ArgumentParser(
        prog="tutorial.py",
        description="Serve the course's checkpoints, build its pages, and test both.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, run: str, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text)
        added.set_defaults(run=run)
        return added

    mine = find_project(here())

    serve = command("serve", "course.serve.serve", "run a checkpoint or your project")
    serve.add_argument(
        "wanted",
        nargs="?",
        type=find_checkpoint,
        default=project_around(here()),
        metavar="CHECKPOINT",
        help="which one; if left out, the project in whose folder you are, and "
        "elsewhere the finished one",
    )
    serve.add_argument(
        "--port",
        type=port_number,
        default=8000,
        metavar="N",
        help="listen on this port; 8000 if left out",
    )
    serve.add_argument(
        "--network",
        action="store_true",
        help="let other devices of your network in, for example phones",
    )

    start = command("start", "course.start.start", "put a checkpoint into mychat/")
    start.add_argument(
        "wanted",
        type=checkpoint_or_saved,
        metavar="CHECKPOINT",
        help="which one, or a folder of mychat-saved/ to get back what was there",
    )

    check = command("check", "course.check.check", "tell how right your project is")
    check.add_argument(
        "checkpoint",
        nargs="?",
        type=find_checkpoint,
        metavar="CHECKPOINT",
        help="compare it with this one; if left out, with the one it is on the way to",
    )
    check.add_argument(
        "--watch",
        dest="run",
        action="store_const",
        const="course.check.watch",
        help="check again whenever a file is saved",
    )
    check.set_defaults(project=mine)

    exercise = command(
        "exercise", "course.exercise.run.exercise", "list the exercises, or do one"
    )
    exercise.add_argument(
        "wanted",
        nargs="?",
        type=find_exercise,
        metavar="EXERCISE",
        help="which one, for example rooms/2: it is prepared in mychat-exercises/, and "
        "checked once it is there; if left out, all are listed with what is done",
    )
    exercise.set_defaults(mine=mine)
    ways = exercise.add_mutually_exclusive_group()
    for name, text in {
        "watch": "check it whenever a file is saved",
        "hint": "give the next of its hints",
        "solution": "show how it is solved",
    }.items():
        function = f"course.exercise.run.{name}"
        ways.add_argument(
            f"--{name}", dest="run", action="store_const", const=function, help=text
        )

    diff = command("diff", "course.diff.diff", "show what differs between two projects")
    diff.add_argument(
        "before",
        nargs="?",
        type=mine_or_checkpoint,
        metavar="A",
        help="a checkpoint, or 'mine' for yours; if left out, the checkpoint that "
        "differs least from yours",
    )
    diff.add_argument(
        "after",
        nargs="?",
        type=mine_or_checkpoint,
        default=mine,
        metavar="B",
        help="the same; yours if left out",
    )

    command("branches", "course.branches.branches", "make a Git branch a checkpoint")

    docs = command("docs", "course.docs.docs", "build the course's pages")
    docs.add_argument(
        "--screenshots",
        action="store_true",
        help="first make all pictures and diagrams anew, which takes some minutes",
    )

    test = command("test", "course.test.run_tests", "run the tests, all or some")
    test.add_argument(
        "names",
        nargs="*",
        metavar="SUITE",
        help="a checkpoint, or 'tests', 'browser', 'examples', 'faults', 'limits' or "
        "'timed' of the course itself; all if left out",
    )

    how_much = test.add_mutually_exclusive_group()
    how_much.add_argument(
        "--quick",
        dest="is_quick",
        action="store_true",
        help="only what takes two minutes together",
    )
    how_much.add_argument(
        "--all",
        dest="is_all",
        action="store_true",
        help="also what takes many minutes or gets packages from the network",
    )

    add_commands_for_maintainers(command)
    return parser


def here() -> Path:
    """Return the folder in which the command was typed, if it is still there."""
    try:
        return Path.cwd()
    except OSError:
        return ROOT


def mine_or_checkpoint(name: str) -> Path | Checkpoint:
    return find_project(here()) if name == "mine" else find_checkpoint(name)


def port_number(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(
        f"{text!r} is not a port, which is a number from 1 to 65535"
    )
