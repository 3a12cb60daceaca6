"""What the tests need that Python's packages cannot bring."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from course.errors import TutorialError

BROWSERS = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
]
# Where they are on systems that do not put them on the PATH.
PLACES_OF_BROWSERS = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
]
PLACE_OF_NGINX = "/usr/sbin"


def require_redis() -> None:
    """Make sure that `redis-server` can be started.

    Installs it on Debian and Ubuntu as root. Raises TutorialError, with the command
    that installs it, anywhere else.
    """
    require_server("redis-server", shutil.which("redis-server"))


def require_nginx() -> None:
    """Make sure that there is an nginx, in the same way."""
    require_server("nginx", find_nginx())


def require_server(package: str, found: str | None) -> None:
    if found:
        return
    if can_install_with_apt():
        install_with_apt(package)
        return
    raise TutorialError(f"These tests start {package}. {how_to_get_server(package)}")


def find_nginx() -> str | None:
    """Return the path of nginx, which Debian puts where only root looks."""
    return shutil.which("nginx") or shutil.which("nginx", path=PLACE_OF_NGINX)


def require_browser() -> None:
    """Make sure that there is a Chromium or Chrome, in the same way."""
    if find_browser():
        return
    if can_install_with_apt():
        install_with_apt("chromium")
        return
    raise TutorialError(f"These tests start Chromium or Chrome. {how_to_get_browser()}")


def require_npm() -> None:
    """Make sure that `npm` is there, which fetches packages, in the same way."""
    if shutil.which("npm"):
        return
    if can_install_with_apt():
        install_with_apt("npm")
        return
    raise TutorialError(f"These tests get packages with npm. {how_to_get_npm()}")


def find_browser() -> str | None:
    """Return the path of this computer's Chromium or Chrome, if it has one."""
    found = (shutil.which(name) for name in BROWSERS)
    places = (place for place in PLACES_OF_BROWSERS if Path(place).exists())
    return next((path for path in [*found, *places] if path), None)


def can_install_with_apt() -> bool:
    is_root = os.name == "posix" and os.geteuid() == 0
    return is_root and shutil.which("apt-get") is not None


def install_with_apt(package: str) -> None:
    """Install a Debian package as root. Raises TutorialError if apt-get fails."""
    print(f"Installing {package} with apt-get ...", flush=True)
    for command in ["update"], ["install", "--yes", "--no-install-recommends", package]:
        finished = subprocess.run(
            ["apt-get", *command],
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if finished.returncode:
            raise TutorialError(
                f"{finished.stdout}{finished.stderr}"
                f"apt-get could not install {package}; see its output above."
            )


def how_to_get_server(package: str) -> str:
    if sys.platform == "win32":
        return (
            "It does not exist for Windows: run the tests in WSL, "
            "https://learn.microsoft.com/windows/wsl/install."
        )
    if shutil.which("apt-get"):
        return f"Install it: sudo apt-get install {package}"
    if sys.platform == "darwin":
        return f"Install it: brew install {package.removesuffix('-server')}"
    return "Install it with your system's package manager."


def how_to_get_browser() -> str:
    if shutil.which("apt-get"):
        return "Install it: sudo apt-get install chromium"
    if sys.platform == "darwin":
        return "Install it: brew install --cask google-chrome"
    return "Install one: https://www.google.com/chrome/"


def how_to_get_npm() -> str:
    if shutil.which("apt-get"):
        return "Install it: sudo apt-get install npm"
    if sys.platform == "darwin":
        return "Install it: brew install node"
    return "Install Node.js, which brings it: https://nodejs.org/"
