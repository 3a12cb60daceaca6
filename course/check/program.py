"""Runs the tests of a project: a program that trial.py starts.

To import what every project needs takes longer than to import the project. So it does
that before it is known which project, and then waits for a line that says it. If there
is no such line, it ends.
"""

import configparser
import importlib
import importlib.util
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FORWARD = Path(__file__).with_name("forward.py")
# Nothing that depends on settings, so that a project finds everything as a server does.
MODULES = [
    "daphne.server",
    "pytest_asyncio.plugin",
    "pytest_django.plugin",
    "websockets.asyncio.client",
]
# What a project prints goes to the one who started this program, who bounds it. The
# usual traceback reads source code, and breaks on some that a project leaves.
OPTIONS = [
    *["--capture=no", "--tb=native", "--continue-on-collection-errors", "--rootdir=."],
    *["-p", "no:cacheprovider", "-p", "no:logging"],
    *["-p", "pytest_django.plugin", "-p", "pytest_asyncio.plugin"],
]
# A sign of life may take so many times as long as those imports, on any computer.
PATIENCE = 8
LEAST_PATIENCE, MOST_PATIENCE = 4, 15


def main(events: Path) -> int:
    started = time.monotonic()
    for module in MODULES:
        importlib.import_module(module)
    seconds = PATIENCE * (time.monotonic() - started)
    patience = min(max(seconds, LEAST_PATIENCE), MOST_PATIENCE)
    line = sys.stdin.readline()
    return run(json.loads(line), events, patience) if line else 1


def run(order: dict[str, Any], events: Path, patience: float) -> int:
    """Run the tests of the project that an order names."""
    import pytest

    from course.check.plugin import Reporter
    from course.check.problems import problem_of

    os.chdir(order["project"])
    # In place of the folder in which this program was started.
    sys.path[0] = order["project"]
    reporter = Reporter(events, patience, order["redis_url"] is not None)
    reporter.say("loading")
    try:
        load()
    # A project may even call exit() while it is being imported.
    except BaseException as error:
        reporter.say("broken", problem=problem_of(error, reporter.project))
        return 1
    reporter.say("loaded")
    if order["redis_url"] and importlib.util.find_spec("chat.tests.programs"):
        use_redis_at(order["redis_url"])
    # Plugins of other packages would only take time.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    options = [*OPTIONS, f"--basetemp={events.with_name('logs')}"]
    return int(pytest.main(options, plugins=[reporter]))


def load() -> None:
    """Import the project as a server does: its settings, its apps, its paths."""
    settings = configparser.ConfigParser(interpolation=None)
    settings.read("pytest.ini", encoding="utf-8")
    os.environ["DJANGO_SETTINGS_MODULE"] = settings["pytest"]["DJANGO_SETTINGS_MODULE"]
    importlib.import_module("config.settings")

    import django

    django.setup()
    importlib.import_module("config.urls")
    if Path("config", "asgi.py").exists():
        importlib.import_module("config.asgi")


def use_redis_at(url: str) -> None:
    """Let the tests that start a redis-server start a way to this one instead."""
    programs = importlib.import_module("chat.tests.programs")
    # Each of them has a database of its own, apart from what else is in that Redis.
    databases: dict[int, int] = {}

    @contextmanager
    def run_redis(log: Path, port: int) -> Iterator[object]:
        database = databases.setdefault(port, 15 - len(databases) % 15)
        command = [sys.executable, str(FORWARD), str(port), str(database)]
        with programs.run(log, command, url) as program:
            program.wait_for("Ready to accept connections")
            yield program

    vars(programs)["run_redis"] = run_redis


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
