"""What the tests need that Python's packages cannot bring."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from course.errors import TutorialError


@dataclass(frozen=True)
class Package:
    """A package of Debian, the programs any of which will do, and where else they are.

    `brew` is what Homebrew calls it, `page` where others get it.
    """

    programs: tuple[str, ...]
    places: tuple[str, ...] = ()
    brew: str = ""
    page: str = ""

    def find(self) -> str | None:
        """Return the path of this computer's program, if it has one."""
        found = map(shutil.which, self.programs)
        places = (place for place in self.places if Path(place).exists())
        return next((path for path in [*found, *places] if path), None)


WSL = "https://learn.microsoft.com/windows/wsl/install"
PACKAGES = {
    "redis-server": Package(("redis-server",), brew="redis", page=WSL),
    # Debian puts it where only root looks.
    "nginx": Package(("nginx",), ("/usr/sbin/nginx",), brew="nginx", page=WSL),
    "npm": Package(("npm",), brew="node", page="https://nodejs.org/"),
    "chromium": Package(
        (
            *("chromium", "chromium-browser"),
            *("google-chrome", "google-chrome-stable", "chrome"),
        ),
        (
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            "/Applications/Chromium.app/Contents/MacOS/Chromium",
            r"C:\Program Files\Google\Chrome\Application\chrome.exe",
            r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
        ),
        brew="--cask google-chrome",
        page="https://www.google.com/chrome/",
    ),
}


def find(name: str) -> str | None:
    """Return the path of the program of a package, if this computer has it."""
    return PACKAGES[name].find()


def require(name: str) -> str:
    """Return the path of the program of a package.

    Installs it on Debian and Ubuntu as root. Raises TutorialError, with the command
    that installs it, anywhere else.
    """
    if not find(name) and can_install_with_apt():
        install_with_apt(name)
    if program := find(name):
        return program
    raise TutorialError(f"These tests start {name}. {how_to_get(name)}")


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


def how_to_get(name: str) -> str:
    package = PACKAGES[name]
    if sys.platform == "win32" and package.page == WSL:
        return f"It does not exist for Windows: run the tests in WSL, {WSL}."
    if shutil.which("apt-get"):
        return f"Install it: sudo apt-get install {name}"
    if sys.platform == "darwin":
        return f"Install it: brew install {package.brew}"
    if package.page != WSL:
        return f"Install it: {package.page}"
    return "Install it with your system's package manager."
