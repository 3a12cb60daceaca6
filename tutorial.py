"""The launcher: makes .venv, installs the course into it and runs its commands.

It needs Python and nothing else. The commands themselves are in course/.
"""

import sys

# Everything down to this check must be readable for any Python 3, so that an old one
# prints a sentence and no traceback; tests/test_launcher.py holds the file to it.
if sys.version_info < (3, 11):
    sys.exit(
        "The course needs Python 3.11 or newer, and this is Python "
        + ".".join(map(str, sys.version_info[:3]))
        + ". Get a newer one from https://www.python.org/downloads/ "
        + "and start tutorial.py with it."
    )

import hashlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent
REQUIREMENTS = [ROOT / "requirements.txt", ROOT / "requirements-course.txt"]
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOG = VENV / "install.log"
# The commands act on the project in the folder where they are typed, so that folder
# stays the current one; but nothing is imported from it.
RUN_COURSE = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); "
    "from course.__main__ import main; sys.exit(main())"
)
# Empty while an install is under way; afterwards it holds the hash of what was
# installed. Without it, the folder is not a finished environment.
MARKER = VENV / "installed.sha256"


def main(arguments: list[str]) -> None:
    """Run a command of the course. Exits; never returns."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))
    asks_for_help = not arguments or {"-h", "--help"} & set(arguments)
    try:
        python = Path(sys.executable) if asks_for_help else prepared_python()
    except KeyboardInterrupt:
        sys.exit("Interrupted. Run the same command again to finish the installation.")
    except OSError as error:
        sys.exit(
            f"The environment .venv could not be made: {error}. Move away what is in "
            "the way, see to it that you may write to the course's folder, and run the "
            "same command again."
        )
    hand_over([str(python), "-P", "-c", RUN_COURSE, str(ROOT), *arguments])


def prepared_python() -> Path:
    """Return the Python of .venv, which has what REQUIREMENTS ask for.

    Exits with a sentence if the packages cannot be installed.
    """
    pins = b"".join(file.read_bytes() for file in REQUIREMENTS)
    wanted = hashlib.sha256(pins).hexdigest()
    has_environment = VENV_PYTHON.exists() and MARKER.exists()
    if has_environment and MARKER.read_text() == wanted:
        return VENV_PYTHON

    print("Installing the course's packages into .venv; this takes a minute ...")
    sys.stdout.flush()
    if not has_environment:
        make_environment()
    MARKER.write_text("")
    install_packages()
    MARKER.write_text(wanted)
    return VENV_PYTHON


def make_environment() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir()
    if not run_logged([sys.executable, "-m", "venv", str(VENV)]):
        sys.exit(
            "Python could not make the environment .venv: install its venv module "
            "(on Debian and Ubuntu: sudo apt-get install python3-venv) and run the "
            f"same command again. {LOG.relative_to(ROOT)} has the details."
        )


def install_packages() -> None:
    # Python compiles what it imports at the first import; compiling every file of
    # every package now would take a third of the whole installation.
    pip = [str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check"]
    install = [*pip, "install", "--no-input", "--no-compile"]
    # The pip that comes with an older Python is much slower at what follows.
    LOG.unlink(missing_ok=True)
    files = [f"--requirement={file}" for file in REQUIREMENTS]
    is_installed = run_logged([*install, "--upgrade", "pip"]) and run_logged(
        [*install, *files]
    )
    if not is_installed:
        from course.pip_log import reason_in

        log = LOG.read_text(encoding="utf-8", errors="replace")
        where = f"{LOG.relative_to(ROOT)} has the details."
        sys.exit(f"{reason_in(log, os.environ)}\n{where}")


def run_logged(command: list[str]) -> bool:
    with LOG.open("a", encoding="utf-8") as log:
        finished = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
    return finished.returncode == 0


def hand_over(command: list[str]) -> None:
    # Without compiled files each start would take twice as long.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if os.name != "nt":
        # The command takes this process's place, so that it gets its signals.
        os.execv(command[0], command)
    process = subprocess.Popen(command)
    while True:
        try:
            sys.exit(process.wait())
        except KeyboardInterrupt:
            continue  # The command got the Ctrl-C too, and ends by itself.


if __name__ == "__main__":
    main(sys.argv[1:])
