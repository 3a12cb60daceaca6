"""`tutorial.py wheelhouse`: a folder with all packages, for a room without internet.

It has the wheels of both requirements for every kind of computer that may come to a
class. A wheel that is there already is not fetched again, so an interrupted run is
finished by the next one.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms, sys_tags
from packaging.utils import canonicalize_name, parse_wheel_filename
from rich.console import Console

from course.chapters import ROOT
from course.errors import TutorialError

WHEELHOUSE = ROOT / "wheelhouse"
REQUIREMENTS = [ROOT / "requirements.txt", ROOT / "requirements-course.txt"]
# The launcher brings the environment's pip up to date.
PIP = "pip"
NO_WHEEL = re.compile(r"No matching distribution found for (\S+)")
DOWNLOAD = [
    *[sys.executable, "-m", "pip", "--disable-pip-version-check", "download"],
    *["--no-deps", "--only-binary=:all:", "--no-input"],
]

# By name, the version that stands for it. Up to 3.11.4, some packages ask for others.
PYTHONS = {
    "3.11.0 to 3.11.4": "3.11.0",
    "3.11": "3.11.9",
    "3.12": "3.12.0",
    "3.13": "3.13.0",
    "3.14": "3.14.0",
}
MANYLINUX = [
    *(f"manylinux_2_{number}_x86_64" for number in range(28, 4, -1)),
    *(f"manylinux{year}_x86_64" for year in ("2014", "2010", "1")),
]
# By name: the platforms whose wheels it takes, and its `sys.platform`. Older Macs and
# those with Intel's chips are not here, because not every package has a wheel for them.
SYSTEMS = {
    "Linux (x86-64)": (MANYLINUX, "linux"),
    "macOS 15 or newer (Apple's chips)": ([*mac_platforms((15, 0), "arm64")], "darwin"),
    "Windows (x86-64)": (["win_amd64"], "win32"),
}
HOW_TO_USE = """\
Copy the folder wheelhouse/ to every computer. There, in the folder that contains it,
type this first in each new terminal:

On Linux and macOS:
export PIP_NO_INDEX=1 PIP_FIND_LINKS="file://${PWD// /%20}/wheelhouse"

On Windows, in PowerShell:
$env:PIP_NO_INDEX = "1"; $env:PIP_FIND_LINKS = ([uri]"$PWD\\wheelhouse").AbsoluteUri

Then tutorial.py, and each 'python -m pip install' of the tutorial, takes the packages
from that folder and needs no internet.
"""


@dataclass(frozen=True)
class Target:
    """Computers that take the same wheels; if no more is said, those like this one."""

    title: str
    # What tells pip to download for these computers.
    options: list[str] = field(default_factory=list)
    # What the markers in requirements.txt may ask.
    markers: dict[str, str] = field(default_factory=dict)
    tags: frozenset[Tag] = frozenset(sys_tags())

    def wants(self, requirement: Requirement) -> bool:
        marker = requirement.marker
        return marker is None or marker.evaluate(dict(self.markers))


def other_targets() -> Iterator[Target]:
    """Yield the kinds of computers that people bring to a class."""
    for system, (platforms, sys_platform) in SYSTEMS.items():
        for name, version in PYTHONS.items():
            major, minor, _ = map(int, version.split("."))
            markers = {
                "implementation_name": "cpython",
                "platform_python_implementation": "CPython",
                "python_full_version": version,
                "python_version": f"{major}.{minor}",
                "sys_platform": sys_platform,
            }
            options = [f"--platform={platform}" for platform in platforms]
            abi = f"cp{major}{minor}"
            tags = [
                *cpython_tags((major, minor), [abi], platforms),
                *compatible_tags((major, minor), abi, platforms),
            ]
            yield Target(
                f"{system}, Python {name}",
                ["--python-version", version, *options],
                markers,
                frozenset(tags),
            )


def wheelhouse(only_here: bool) -> int:
    """Fetch what is missing, say for which computers all is there, and return 0.

    With `only_here`, it is for computers like this one.

    Raises TutorialError if the folder cannot be written to, if the packages cannot be
    fetched, or, once the rest is done, if there is a package without a wheel.
    """
    if os.environ.get("PIP_NO_INDEX"):
        raise TutorialError(
            "PIP_NO_INDEX is set in this terminal, and with that, pip fetches nothing "
            "from the internet: open another terminal for this command."
        )
    requirements = read_requirements(*REQUIREMENTS)
    here = Target("This computer, Python {}.{}".format(*sys.version_info))
    is_complete = True
    console = Console(soft_wrap=True, highlight=False)
    with place_to_fetch_to() as unfinished:
        for target in [here] if only_here else [here, *other_targets()]:
            wanted = [it for it in requirements if target.wants(it)]
            with console.status(target.title):
                lacking = fetch(wanted, target, unfinished)
            outcome = f"no wheel for {', '.join(lacking)}" if lacking else "complete"
            console.print(f"{target.title}: {outcome}")
            is_complete = is_complete and not lacking
    megabytes = sum(wheel.stat().st_size for wheel in wheels()) / 1e6
    print(f"\n{WHEELHOUSE} has {len(wheels())} wheels, {megabytes:.0f} MB.\n")
    print(HOW_TO_USE, end="", flush=True)
    if not is_complete:
        raise TutorialError(
            "\nThe computers named above whose wheels are not complete cannot install "
            "the course without internet."
        )
    return 0


def read_requirements(*files: Path) -> list[Requirement]:
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    lines = [line for line in text.splitlines() if line]
    # What several files pin is there once.
    pins = dict.fromkeys(line for line in lines if not line.lstrip().startswith("#"))
    return [Requirement(line) for line in [PIP, *pins]]


@contextmanager
def place_to_fetch_to() -> Iterator[Path]:
    """Make the wheelhouse, and in it a folder for what is not whole yet."""
    unfinished = WHEELHOUSE / "unfinished"
    try:
        WHEELHOUSE.mkdir(exist_ok=True)
        (WHEELHOUSE / "README.txt").write_text(HOW_TO_USE, encoding="utf-8")
        # A run that was killed has left it.
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
    except OSError as error:
        raise TutorialError(
            f"Nothing can be written to the folder {WHEELHOUSE}: if something else is "
            f"in its place, move that away. {error}"
        ) from error
    try:
        yield unfinished
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def fetch(wanted: list[Requirement], target: Target, unfinished: Path) -> list[str]:
    """Download what these computers lack; return what has no wheel for them.

    Raises TutorialError if pip fails for another reason.
    """
    lacking: list[str] = []
    while missing := missing_ones(wanted, target, lacking):
        pip = subprocess.run(
            [*DOWNLOAD, *target.options, "--dest", str(unfinished), *missing],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for wheel in unfinished.glob("*.whl"):
            wheel.replace(WHEELHOUSE / wheel.name)
        if pip.returncode:
            lacking.append(name_without_wheel(pip.stdout))
    return lacking


def missing_ones(
    wanted: list[Requirement], target: Target, lacking: list[str]
) -> list[str]:
    """Return what has no wheel here that these computers take, unless it is lacking."""
    there = [
        (name, version)
        for name, version, _, tags in (parse_wheel_filename(it.name) for it in wheels())
        if tags & target.tags
    ]
    missing = [
        f"{requirement.name}{requirement.specifier}"
        for requirement in wanted
        if not any(
            canonicalize_name(requirement.name) == name
            and version in requirement.specifier
            for name, version in there
        )
    ]
    return [pin for pin in missing if pin not in lacking]


def wheels() -> list[Path]:
    return list(WHEELHOUSE.glob("*.whl"))


def name_without_wheel(output: str) -> str:
    """Return what pip has found no wheel of.

    Raises TutorialError if that is not why it failed.
    """
    found = NO_WHEEL.search(output)
    if found and "Retrying (" not in output:
        return found[1]
    *_, reason = [line for line in output.splitlines() if line.strip()]
    raise TutorialError(
        "The packages cannot be fetched: check that this computer is online and has "
        "space on its disk, and run the same command again. What is there already is "
        f"not fetched again. pip says: {reason}"
    )
