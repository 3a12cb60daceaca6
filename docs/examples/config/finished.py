"""The settings of the finished project, for examples that use its apps."""

import runpy
import sys
from pathlib import Path
from typing import Any

FINISHED = Path(__file__).resolve().parents[3] / "chanx_django"

# Behind the folder of the examples, because both have a package called config.
sys.path.append(str(FINISHED))


def settings_with(app: str) -> dict[str, Any]:
    """Those settings, with an app of examples beside the apps."""
    settings = runpy.run_path(str(FINISHED / "config" / "settings.py"))
    settings["INSTALLED_APPS"] = [*settings["INSTALLED_APPS"], app]
    # It is in the package called config.
    del settings["DEFAULT_EXCEPTION_REPORTER_FILTER"]
    return settings
