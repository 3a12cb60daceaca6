"""Packages of npm, got with its own client and kept in its own cache."""

import shutil
import subprocess
import tarfile
from pathlib import Path


def unpack(package: str, folder: Path) -> Path:
    """Get a package, given as NAME@VERSION, and return the folder with its files."""
    npm = shutil.which("npm")
    assert npm, "These tests get packages with npm: install it."
    pack = subprocess.run(
        [npm, "pack", "--silent", "--prefer-offline", package],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert pack.returncode == 0, f"npm could not get {package}:\n{pack.stderr}"
    with tarfile.open(folder / pack.stdout.strip()) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"
