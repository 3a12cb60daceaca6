"""What the tests need that Python's packages cannot bring."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from glob import glob
from itertools import chain

from course.errors import TutorialError

# Windows has no other way to most of them.
ELSEWHERE = (
    "with the package manager of your system, which on Windows is that of WSL "
    "(https://learn.microsoft.com/windows/wsl/install)"
)


@dataclass(frozen=True)
class Package:
    """A package of Debian, the programs any of which will do, and where else they are.

    `places` may be patterns. `brew` is what Homebrew calls it, `elsewhere` how
    others get it.
    """

    programs: tuple[str, ...]
    places: tuple[str, ...] = ()
    brew: str = ""
    elsewhere: str = ELSEWHERE

    def find(self) -> str | None:
        """Return the path of this computer's program, if it has one."""
        found = map(shutil.which, self.programs)
        patterns = map(glob, self.places)
        places = chain.from_iterable(patterns)
        return next((path for path in [*found, *places] if path), None)


PACKAGES = {
    "redis-server": Package(("redis-server",), brew="redis"),
    # Debian puts it where only root looks.
    "nginx": Package(("nginx",), ("/usr/sbin/nginx",), brew="nginx"),
    "postgresql": Package(
        ("initdb",), ("/usr/lib/postgresql/*/bin/initdb",), brew="postgresql"
    ),
    # The server without the service that Debian would start.
    "apache2-bin": Package(("apache2",), ("/usr/sbin/apache2",), brew="httpd"),
    "caddy": Package(
        ("caddy",), brew="caddy", elsewhere="from https://caddyserver.com/"
    ),
    "npm": Package(("npm",), brew="node", elsewhere="from https://nodejs.org/"),
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
        elsewhere="from https://www.google.com/chrome/",
    ),
}


def require(name: str) -> str:
    """Return the path of the program of a package.

    Installs it on Debian and Ubuntu as root. Raises TutorialError, with the commands
    that install it, anywhere else.
    """
    package = PACKAGES[name]
    if not package.find() and can_install_with_apt():
        install_with_apt(name)
    if program := package.find():
        return program
    raise TutorialError(
        f"These tests start {name}. Install it: on Debian and Ubuntu with 'sudo "
        f"apt-get install {name}', on macOS with 'brew install {package.brew}', "
        f"elsewhere {package.elsewhere}."
    )


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
