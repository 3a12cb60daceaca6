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
from functools import cached_property
from pathlib import Path

from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms, sys_tags
from packaging.utils import canonicalize_name, parse_wheel_filename
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from course.chapters import ROOT
from course.errors import TutorialError

WHEELHOUSE = ROOT / "wheelhouse"
REQUIREMENTS = [ROOT / "requirements.txt", ROOT / "requirements-course.txt"]
# The launcher brings the environment's pip up to date.
PIP = "pip"
NO_WHEEL = re.compile(r"No matching distribution found for (\S+)")

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
    "macOS 15 or newer (Apple's chips)": (
        list(mac_platforms((15, 0), "arm64")),
        "darwin",
    ),
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
    """Computers that take the same wheels; without platforms, those like this one."""

    title: str
    python: str = ""
    platforms: list[str] = field(default_factory=list)
    # What the markers in the requirements may ask.
    markers: dict[str, str] = field(default_factory=dict)

    @cached_property
    def tags(self) -> frozenset[Tag]:
        if not self.platforms:
            return frozenset(sys_tags())
        major, minor, _ = map(int, self.python.split("."))
        name = f"cp{major}{minor}"
        compiled = cpython_tags((major, minor), [name], self.platforms)
        pure = compatible_tags((major, minor), name, self.platforms)
        return frozenset([*compiled, *pure])

    @property
    def options(self) -> list[str]:
        """What tells pip to download for these computers."""
        if not self.platforms:
            return []
        platforms = (part for name in self.platforms for part in ("--platform", name))
        return ["--python-version", self.python, *platforms]

    def wants(self, requirement: Requirement) -> bool:
        marker = requirement.marker
        return marker is None or marker.evaluate(dict(self.markers))


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
    targets = [Target(f"This computer, Python {this_python()}")]
    is_complete = True
    with place_to_fetch_to() as unfinished, progress_bar() as progress:
        for target in targets if only_here else [*targets, *other_targets()]:
            wanted = [it for it in requirements if target.wants(it)]
            lacking = fetch(wanted, target, unfinished, progress)
            outcome = f"no wheel for {', '.join(lacking)}" if lacking else "complete"
            progress.console.print(
                f"{target.title}: {outcome}", highlight=False, soft_wrap=True
            )
            is_complete = is_complete and not lacking
    megabytes = sum((WHEELHOUSE / name).stat().st_size for name in wheels()) / 1e6
    print(f"\n{WHEELHOUSE} has {len(wheels())} wheels, {megabytes:.0f} MB.\n")
    print(HOW_TO_USE, end="", flush=True)
    if not is_complete:
        raise TutorialError(
            "\nThe computers named above whose wheels are not complete cannot install "
            "the course without internet."
        )
    return 0


def this_python() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def other_targets() -> Iterator[Target]:
    """Yield the kinds of computers that people bring to a class."""
    for system, (platforms, sys_platform) in SYSTEMS.items():
        for name, version in PYTHONS.items():
            markers = {
                "implementation_name": "cpython",
                "platform_python_implementation": "CPython",
                "python_full_version": version,
                "python_version": version.rpartition(".")[0],
                "sys_platform": sys_platform,
            }
            yield Target(f"{system}, Python {name}", version, platforms, markers)


def read_requirements(*files: Path) -> list[Requirement]:
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    lines = [line for line in text.splitlines() if line]
    # What both files pin is there once.
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


def progress_bar() -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    return Progress(*columns, transient=True, disable=not sys.stdout.isatty())


def fetch(
    wanted: list[Requirement], target: Target, unfinished: Path, progress: Progress
) -> list[str]:
    """Download what these computers lack; return what has no wheel for them.

    Raises TutorialError if pip fails for another reason.
    """
    without_wheel: list[str] = []
    while missing := missing_ones(wanted, target, without_wheel):
        output = download(missing, target, unfinished, progress)
        for wheel in unfinished.glob("*.whl"):
            wheel.replace(WHEELHOUSE / wheel.name)
        if output:
            without_wheel.append(name_without_wheel(output))
    return without_wheel


def missing_ones(
    wanted: list[Requirement], target: Target, without_wheel: list[str]
) -> list[str]:
    """Return what is wanted and has no wheel here that these computers take."""
    there = [
        (name, version)
        for name, version, _, tags in map(parse_wheel_filename, wheels())
        if tags & target.tags
    ]
    missing = []
    for requirement in wanted:
        pin = f"{requirement.name}{requirement.specifier}"
        name = canonicalize_name(requirement.name)
        is_there = any(
            name == its_name and version in requirement.specifier
            for its_name, version in there
        )
        if not is_there and pin not in without_wheel:
            missing.append(pin)
    return missing


def wheels() -> list[str]:
    return [wheel.name for wheel in WHEELHOUSE.glob("*.whl")]


def download(pins: list[str], target: Target, folder: Path, progress: Progress) -> str:
    """Have pip download these wheels; return what it says if it fails."""
    options = ["--no-deps", "--only-binary=:all:", "--no-input"]
    output = []
    bar = progress.add_task(target.title, total=len(pins))
    with subprocess.Popen(
        [
            *[sys.executable, "-m", "pip", "--disable-pip-version-check", "download"],
            *[*options, *target.options, "--dest", str(folder), *pins],
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as pip:
        assert pip.stdout
        for line in pip.stdout:
            output.append(line)
            if line.startswith("Collecting "):
                progress.advance(bar)
    progress.remove_task(bar)
    return "".join(output) if pip.returncode else ""


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
