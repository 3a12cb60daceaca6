"""Gets ready to run the behaviors of a project before it is known which.

To import what every project needs takes longer than to import the project. The line
that this program then waits for names the project's folder and what behaviors.py wants
to know; if there is no such line, it ends.
"""

import importlib
import json
import os
import runpy
import sys
from pathlib import Path

# Nothing that depends on settings, so that a project finds everything as a server does.
MODULES = [
    "daphne.server",
    "pytest_asyncio.plugin",
    "pytest_django.plugin",
    "websockets.asyncio.client",
]

if __name__ == "__main__":
    for module in MODULES:
        importlib.import_module(module)
    if line := sys.stdin.readline():
        order = json.loads(line)
        os.chdir(order["project"])
        sys.argv[1:] = order["arguments"]
        behaviors = Path(__file__).with_name("behaviors.py")
        runpy.run_path(str(behaviors), run_name="__main__")
