"""`tutorial.py wheelhouse`: a folder with all packages, for a room without internet.

It has the wheels of both requirements for every kind of computer that may come to a
class. What is there already is not fetched again.
"""

import itertools
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field

from packaging.requirements import Requirement

from course.chapters import ROOT
from course.errors import TutorialError

WHEELHOUSE = ROOT / "wheelhouse"
REQUIREMENTS = [ROOT / "requirements.txt", ROOT / "requirements-course.txt"]
# The launcher brings the environment's pip up to date.
PIP = "pip"
# What tells pip to take the wheels of exactly these packages.
EXACTLY = ["--no-deps", "--only-binary=:all:", "--no-input", "--progress-bar=off"]
NO_WHEEL = re.compile(r"No matching distribution found for (\S+)")

# By name, the version that stands for it. Up to 3.11.4, some packages ask for others.
PYTHONS = {"3.11.0 to 3.11.4": "3.11.0", "3.11": "3.11.9"} | {
    f"3.{minor}": f"3.{minor}.0" for minor in range(12, 16)
}
# By name: its `sys.platform`, its `platform.machine()`, and what pip calls it.
SYSTEMS = {
    "Linux (x86-64)": ("linux", "x86_64", "x86_64"),
    "Linux (ARM)": ("linux", "aarch64", "aarch64"),
    "macOS 14 or newer (Apple's chips)": ("darwin", "arm64", "macosx_14_0_arm64"),
    "macOS 13 or newer (Intel's chips)": ("darwin", "x86_64", "macosx_13_0_x86_64"),
    "Windows (x86-64)": ("win32", "AMD64", "win_amd64"),
    "Windows (ARM)": ("win32", "ARM64", "win_arm64"),
}
PLATFORM_SYSTEMS = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}
# A Linux takes the wheels for older ones too, which pip does not know.
MANYLINUX = *(f"manylinux_2_{minor}" for minor in range(28, 4, -1)), "manylinux2014"
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
class Kind:
    """Computers that take the same wheels; if no more is said, those like this one."""

    title: str
    # What tells pip to download for these computers.
    options: list[str] = field(default_factory=list)
    # What the markers in requirements.txt may ask.
    markers: dict[str, str] = field(default_factory=dict)

    def pins(self) -> list[str]:
        """Return the packages that these computers need, each with its version."""
        text = "\n".join(file.read_text(encoding="utf-8") for file in REQUIREMENTS)
        wanted = [
            f"{pin.name}{pin.specifier}"
            for pin in map(Requirement, re.findall(r"^\w.*", text, re.MULTILINE))
            if pin.marker is None or pin.marker.evaluate(dict(self.markers))
        ]
        # What both files pin is there once.
        return [*dict.fromkeys([PIP, *wanted])]


def kind_of(system: str, python: str) -> Kind:
    sys_platform, machine, tag = SYSTEMS[system]
    version = PYTHONS[python]
    is_linux = sys_platform == "linux"
    platforms = [f"{older}_{tag}" for older in MANYLINUX] if is_linux else [tag]
    markers = {
        "implementation_name": "cpython",
        "os_name": "nt" if sys_platform == "win32" else "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_system": PLATFORM_SYSTEMS[sys_platform],
        "python_full_version": version,
        "python_version": version.rpartition(".")[0],
        "sys_platform": sys_platform,
    }
    options = ["--python-version", version, *(f"--platform={it}" for it in platforms)]
    return Kind(f"{system}, Python {python}", options, markers)


HERE = Kind("This computer, Python {}.{}".format(*sys.version_info))
# The kinds of computers that people bring to a class.
KINDS = [kind_of(*names) for names in itertools.product(SYSTEMS, PYTHONS)]


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
    try:
        WHEELHOUSE.mkdir(exist_ok=True)
        (WHEELHOUSE / "README.txt").write_text(HOW_TO_USE, encoding="utf-8")
    except OSError as error:
        raise TutorialError(
            f"Nothing can be written to the folder {WHEELHOUSE}: if something else is "
            f"in its place, move that away. {error}"
        ) from error
    is_complete = True
    for kind in [HERE] if only_here else [HERE, *KINDS]:
        lacking = fetch(kind)
        outcome = f"no wheel for {lacking}" if lacking else "complete"
        print(f"{kind.title}: {outcome}", flush=True)
        is_complete = is_complete and not lacking
    sizes = [wheel.stat().st_size for wheel in WHEELHOUSE.glob("*.whl")]
    print(f"\n{WHEELHOUSE} has {len(sizes)} wheels, {sum(sizes) / 1e6:.0f} MB.\n")
    print(HOW_TO_USE, end="", flush=True)
    if not is_complete:
        raise TutorialError(
            "\nThe computers named above whose wheels are not complete cannot install "
            "the course without internet."
        )
    return 0


def fetch(kind: Kind) -> str | None:
    """Download what these computers lack; return what has no wheel for them.

    Raises TutorialError if pip fails for another reason.
    """
    into = f"--dest={WHEELHOUSE}"
    pip = run_pip("download", kind, into, "--no-index", f"--find-links={WHEELHOUSE}")
    if pip.returncode:
        pip = run_pip("download", kind, into)
    if not pip.returncode:
        return None
    found = NO_WHEEL.search(pip.stdout)
    if found and "Retrying (" not in pip.stdout:
        return found[1]
    *_, reason = [line for line in pip.stdout.splitlines() if line.strip()]
    raise TutorialError(
        "The packages cannot be fetched: check that this computer is online and has "
        "space on its disk, and run the same command again. What is there already is "
        f"not fetched again. pip says: {reason}"
    )


def run_pip(
    command: str, kind: Kind, *options: str
) -> subprocess.CompletedProcess[str]:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", command]
    return subprocess.run(
        [*pip, *EXACTLY, *kind.options, *options, *kind.pins()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
