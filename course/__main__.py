"""The command line of the course. It imports only the standard library at the start,
so that `tutorial.py --help` works before anything is installed.
"""

import argparse
import io
import os
import signal
import sys

from course.errors import TutorialError


def main() -> int:
    """Run the command that the arguments name and return its exit status."""
    # On Windows, what goes to a file or a pipe could otherwise have no ✓.
    for stream in sys.stdout, sys.stderr:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    arguments = command_line().parse_args()
    # To be ended from outside is no different from Ctrl-C: end what was started. Ctrl-C
    # itself is ignored in what a shell starts in the background, children included.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
        signal.signal(signal.SIGHUP, hang_up)
    try:
        status = int(arguments.run(arguments))
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Whoever reads only the beginning, as with `| head`, has seen enough. Python
        # writes what is left when it ends, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except TutorialError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"This computer does not allow it: {error}. See to it that you may read "
            "and write there and that the disk has space, and try again.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        return 130


def hang_up(*_: object) -> None:
    """End as with Ctrl-C. A terminal that is closed may say so twice."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    raise KeyboardInterrupt


def command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tutorial.py",
        description="Serve the course's checkpoints, build its pages, and test both.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="run a checkpoint and print its address")
    serve.add_argument(
        "checkpoint",
        nargs="?",
        metavar="CHECKPOINT",
        help="which one; what is in chanx_django/ if left out",
    )
    serve.add_argument(
        "--port",
        type=port_number,
        default=8000,
        metavar="N",
        help="listen on this port; 8000 if left out",
    )
    serve.set_defaults(run=run_serve)

    docs = commands.add_parser("docs", help="build the course's pages")
    docs.add_argument(
        "--screenshots",
        action="store_true",
        help="first make all pictures and diagrams anew, which takes some minutes",
    )
    docs.set_defaults(run=run_docs)

    branches = commands.add_parser(
        "branches", help="make a Git branch for each checkpoint, or refresh them"
    )
    branches.set_defaults(run=run_branches)

    diff = commands.add_parser("diff", help="show what differs between two checkpoints")
    diff.add_argument(
        "before",
        nargs="?",
        metavar="A",
        help="a checkpoint, or 'mine' for what is in chanx_django/; the checkpoint "
        "that differs least from mine if left out",
    )
    diff.add_argument(
        "after", nargs="?", metavar="B", help="the same; mine if left out"
    )
    diff.set_defaults(run=run_diff)

    reset = commands.add_parser(
        "reset", help="put a checkpoint into chanx_django/ and save what was there"
    )
    reset.add_argument(
        "name",
        metavar="CHECKPOINT",
        help="which one, or a folder of chanx_django-saved/ to get that back",
    )
    reset.set_defaults(run=run_reset)

    check = commands.add_parser("check", help="tell how right chanx_django/ is by now")
    check.add_argument(
        "checkpoint",
        nargs="?",
        metavar="CHECKPOINT",
        help="compare it with this one; if left out, with the one it is on the way to",
    )
    check.add_argument(
        "--watch", action="store_true", help="check again whenever a file is saved"
    )
    check.set_defaults(run=run_check)

    carry = commands.add_parser(
        "carry", help="take a change in one checkpoint to all later ones"
    )
    carry.add_argument(
        "checkpoint", metavar="CHECKPOINT", help="where it was made; not committed yet"
    )
    carry.set_defaults(run=run_carry)

    wheelhouse = commands.add_parser(
        "wheelhouse", help="fetch all packages, for a room without internet"
    )
    wheelhouse.add_argument(
        "--here",
        action="store_true",
        help="for computers like this one; Linux, macOS and Windows if left out",
    )
    wheelhouse.set_defaults(run=run_wheelhouse)

    test = commands.add_parser("test", help="run the course's tests, all or some")
    test.add_argument(
        "suites",
        nargs="*",
        metavar="SUITE",
        help="a checkpoint, or 'tests', 'browser', 'examples', 'faults' or 'limits' of "
        "the course itself; all if left out",
    )
    how_much = test.add_mutually_exclusive_group()
    how_much.add_argument(
        "--quick", action="store_true", help="only what takes two minutes together"
    )
    how_much.add_argument(
        "--all",
        action="store_true",
        help="also what takes many minutes or gets packages from the network",
    )
    test.set_defaults(run=run_test)

    bench = commands.add_parser(
        "bench", help="measure how fast the chat is at its last checkpoints"
    )
    bench.set_defaults(run=run_bench)

    return parser


def port_number(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(
        f"{text!r} is not a port, which is a number from 1 to 65535"
    )


def run_serve(arguments: argparse.Namespace) -> int:
    from course.serve import serve

    return serve(arguments.checkpoint, arguments.port)


def run_docs(arguments: argparse.Namespace) -> int:
    from course.docs import docs, take_screenshots

    if arguments.screenshots:
        take_screenshots()
    return docs()


def run_branches(arguments: argparse.Namespace) -> int:
    from course.branches import branches

    return branches()


def run_diff(arguments: argparse.Namespace) -> int:
    from course.diff import diff

    return diff(arguments.before, arguments.after)


def run_reset(arguments: argparse.Namespace) -> int:
    from course.reset import reset

    return reset(arguments.name)


def run_check(arguments: argparse.Namespace) -> int:
    if arguments.watch:
        from course.watch import watch

        return watch(arguments.checkpoint)

    from course.check import check

    return check(arguments.checkpoint)


def run_carry(arguments: argparse.Namespace) -> int:
    from course.dev.carry import carry

    return carry(arguments.checkpoint)


def run_wheelhouse(arguments: argparse.Namespace) -> int:
    from course.dev.wheelhouse import wheelhouse

    return wheelhouse(arguments.here)


def run_test(arguments: argparse.Namespace) -> int:
    from course.test import run_tests

    return run_tests(arguments.suites, arguments.quick, arguments.all)


def run_bench(arguments: argparse.Namespace) -> int:
    from course.dev.bench import bench

    return bench()


if __name__ == "__main__":
    sys.exit(main())
