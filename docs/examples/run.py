"""Put a small Django project around an example of the guide, and run it.

    python docs/examples/run.py routing/rooms.py            serve it, with Daphne
    python docs/examples/run.py database/chat.py migrate    run a command of Django's
    python docs/examples/run.py testing/guestbook.py pytest run the tests beside it

The example is a file with WebSocket routes (`websocket_urlpatterns`), with pages
(`urlpatterns`) or with a whole ASGI application (`application`). If it has no pages,
the page at / is the course's console. The file settings.py beside it, if there is one,
adds to the settings.
"""

import argparse
import os
import sys
from pathlib import Path

from daphne.cli import CommandLineInterface
from django.core.management import execute_from_command_line

EXAMPLES = Path(__file__).resolve().parent


def main() -> None:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("example", help="a file in docs/examples")
    parser.add_argument("--port", default="8000", help="the port to serve on")
    arguments, command = parser.parse_known_args()
    file = EXAMPLES / arguments.example
    if not (file.is_file() and file.suffix == ".py"):
        parser.error(
            f"There is no example {arguments.example}: name a Python file in "
            f"{EXAMPLES}, with its folder, such as routing/rooms.py."
        )

    module = ".".join(file.relative_to(EXAMPLES).with_suffix("").parts)
    os.environ["EXAMPLE"] = module
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    sys.path.insert(0, str(EXAMPLES))
    if command[:1] == ["pytest"]:
        # Only here, because it makes no server start sooner.
        import pytest

        os.chdir(file.parent)
        sys.exit(pytest.main(command[1:]))
    elif command:
        execute_from_command_line([sys.argv[0], *command])
    else:
        daphne = CommandLineInterface()
        daphne.run(["--port", arguments.port, "config.asgi:application"])


if __name__ == "__main__":
    main()
