"""What the tests need that Python's packages cannot bring."""

import os
import shutil
import subprocess
import sys

from checkpoints.errors import TutorialError


def require_redis() -> None:
    """Make sure that `redis-server` can be started.

    Installs it on Debian and Ubuntu as root. Raises TutorialError, with the command
    that installs it, anywhere else.
    """
    if shutil.which("redis-server"):
        return
    if shutil.which("apt-get") and os.name == "posix" and os.geteuid() == 0:
        install_with_apt("redis-server")
        return
    raise TutorialError(f"These tests start redis-server. {how_to_get_redis()}")


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


def how_to_get_redis() -> str:
    if sys.platform == "win32":
        return (
            "It does not exist for Windows: run the tests in WSL, "
            "https://learn.microsoft.com/windows/wsl/install."
        )
    if shutil.which("apt-get"):
        return "Install it: sudo apt-get install redis-server"
    if sys.platform == "darwin":
        return "Install it: brew install redis"
    return "Install Redis with your system's package manager."
