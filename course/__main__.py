"""Runs the commands of the course, and says in a sentence what is wrong.

It imports only the standard library at the start, so that `tutorial.py --help` works
before anything is installed.
"""

import importlib
import io
import os
import signal
import sys
from typing import Any

from course.command_line import command_line
from course.errors import TutorialError


def main() -> int:
    """Run the command that the arguments name and return its exit status."""
    # On Windows, what goes to a file or a pipe could otherwise have no ✓.
    for stream in sys.stdout, sys.stderr:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    # To be ended from outside is no different from Ctrl-C: end what was started. Ctrl-C
    # itself is ignored in what a shell starts in the background, children included.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
        signal.signal(signal.SIGHUP, hang_up)
    try:
        arguments = vars(command_line().parse_args())
        status = run(arguments.pop("run"), arguments)
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


def run(command: str, arguments: dict[str, Any]) -> int:
    """Import a function only now, and return what it returns: an exit status."""
    module, _, function = command.rpartition(".")
    return int(getattr(importlib.import_module(module), function)(**arguments))


if __name__ == "__main__":
    sys.exit(main())
