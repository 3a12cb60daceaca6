"""The folder with all packages: what gets into it, and a room without internet."""

import os
import re
import socket
import zipfile
from pathlib import Path

import pytest

from course.dev import wheelhouse
from course.dev.wheelhouse import HERE, KINDS, REQUIREMENTS, Kind, run_pip
from course.errors import TutorialError
from tests.conftest import Start
from tests.support.clones import Clone

# As requirements.txt has them: for everybody, for one system, and for some Pythons.
PINS = """\
everybody==1.0
    # via nothing
compiled==2.0
for-windows==1.0 ; sys_platform == 'win32' and platform_machine == 'ARM64'
old==1.0 ; python_full_version < '3.11.5'
old==2.0 ; python_full_version >= '3.11.5'
"""
WHEELS = [
    "compiled-2.0-cp311-abi3-macosx_11_0_arm64",
    "compiled-2.0-cp311-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64",
    "compiled-2.0-cp311-abi3-win_arm64",
    "everybody-1.0-py3-none-any",
    "for_windows-1.0-py3-none-any",
    "old-1.0-py3-none-any",
    "old-2.0-py3-none-any",
    "pip-99.0-py3-none-any",
]
# A Linux, a Mac and a Windows, with the first, the second and the last of the Pythons.
FEW_KINDS = [KINDS[0], KINDS[13], KINDS[-1]]


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the wheels above, the only packages that pip knows."""
    folder = tmp_path / "index"
    folder.mkdir()
    for wheel in WHEELS:
        name, version, *_ = wheel.split("-")
        with zipfile.ZipFile(folder / f"{wheel}.whl", "w") as archive:
            metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            archive.writestr(f"{name}-{version}.dist-info/METADATA", metadata)
            archive.writestr(f"{name}-{version}.dist-info/WHEEL", "Wheel-Version: 1.0")
    for variable in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_RETRIES", "0")
    use_index((tmp_path / "empty").as_uri(), monkeypatch)
    monkeypatch.setenv("PIP_FIND_LINKS", folder.as_uri())
    return folder


def use_index(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", address)


@pytest.fixture
def course(repository: Path, index: Path) -> Clone:
    """The course, if it needed only what is in the index."""
    (repository / "requirements.txt").write_text(PINS)
    (repository / "requirements-course.txt").write_text("")
    return Clone(repository)


def test_every_pin_of_the_course_is_for_some_computer() -> None:
    lines = [line for file in REQUIREMENTS for line in file.read_text().splitlines()]
    pins = {line for line in lines if re.match(r"\w", line)}
    wanted = {pin for kind in KINDS for pin in kind.pins()}

    # The others are for another Python than the usual one, such as one in a browser.
    for pin in pins - {line for line in pins if line.split(" ;")[0] in wanted}:
        assert re.search("python_implementation|emscripten", pin)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.title)
def test_every_pin_has_a_wheel_for_every_computer(kind: Kind, tmp_path: Path) -> None:
    pip = run_pip("install", kind, "--dry-run", f"--target={tmp_path}")

    assert pip.returncode == 0, pip.stdout


def test_every_kind_of_computer_gets_its_wheels_or_is_told_what_has_none(
    course: Clone,
    index: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    linux, mac, windows = [kind.title for kind in FEW_KINDS]
    monkeypatch.setattr(wheelhouse, "KINDS", FEW_KINDS)
    monkeypatch.setattr(wheelhouse, "WHEELHOUSE", course.folder)
    files = [course.folder / "requirements.txt"]
    monkeypatch.setattr(wheelhouse, "REQUIREMENTS", files)
    [wheel] = index.glob("*macosx*")
    wheel.rename(index / "away")

    with pytest.raises(TutorialError, match="named above whose wheels are not"):
        wheelhouse.wheelhouse(only_here=False)
    lacking = capsys.readouterr().out
    (index / "away").rename(wheel)
    assert wheelhouse.wheelhouse(only_here=False) == 0
    complete = capsys.readouterr().out
    # Now all are there, and nothing is fetched again.
    use_index(course.folder.as_uri(), monkeypatch)
    assert wheelhouse.wheelhouse(only_here=False) == 0

    outcomes = [f"{HERE.title}: complete", f"{linux}: complete"]
    outcomes += [f"{mac}: no wheel for compiled==2.0", f"{windows}: complete"]
    assert lacking.splitlines()[:4] == outcomes
    assert complete.splitlines()[2] == f"{mac}: complete"
    assert capsys.readouterr().out == complete
    assert sorted(file.stem for file in course.folder.glob("*.whl")) == WHEELS


def test_here_is_for_computers_like_this_one(course: Clone) -> None:
    folder = course.folder / "wheelhouse"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")

    said = course.run("wheelhouse", "--here")

    assert said.startswith(f"{HERE.title}: complete\n\n{folder} has 4 wheels")
    # The folder says itself how to use it, in the same words.
    assert said.endswith((folder / "README.txt").read_text())
    assert (folder / "notes.txt").read_text() == "mine"


def test_an_interrupted_run_leaves_nothing_half_and_can_be_repeated(
    course: Clone, index: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent_index:
        silent_index.settimeout(300)
        port = silent_index.getsockname()[1]
        use_index(f"http://127.0.0.1:{port}/simple", monkeypatch)
        command = start("wheelhouse", "--here", repository=course.folder)
        connection, _ = silent_index.accept()
        with connection:
            command.press_ctrl_c()
            assert command.exit_status() == 130

    command.wait_until_all_ended()
    assert "Traceback" not in command.output
    assert [file.name for file in course.folder.glob("wheelhouse/*")] == ["README.txt"]
    use_index(index.as_uri(), monkeypatch)
    monkeypatch.setenv("PIP_FIND_LINKS", index.as_uri())
    assert "complete" in course.run("wheelhouse", "--here")


def test_without_an_index_a_sentence_says_what_to_do(
    course: Clone, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_index(f"http://127.0.0.1:{free_port}/simple", monkeypatch)
    # Without any attempt to connect again, pip does not tell why it found nothing.
    monkeypatch.setenv("PIP_RETRIES", "1")

    refusal = course.refusal("wheelhouse")

    assert refusal.startswith(
        "The packages cannot be fetched: check that this computer is online and has "
        "space on its disk, and run the same command again."
    )
    assert "pip says: ERROR: " in refusal
    assert "PIP_NO_INDEX is set" in course.refusal("wheelhouse", PIP_NO_INDEX="1")


def test_what_is_in_its_place_is_left_alone(course: Clone) -> None:
    folder = course.folder / "wheelhouse"
    folder.write_text("mine")
    sentence = f"Nothing can be written to the folder {folder}: "

    assert course.refusal("wheelhouse").startswith(sentence)
    assert folder.read_text() == "mine"

    folder.unlink()
    # Even the administrator cannot write there.
    folder.symlink_to("/proc")
    assert course.refusal("wheelhouse").startswith(sentence)
