"""The folder with all packages: what gets into it, and a room without internet."""

import os
import re
import socket
import sys
import zipfile
from pathlib import Path

import pytest

from course.dev.wheelhouse import REQUIREMENTS as FILES
from course.dev.wheelhouse import other_targets, read_requirements
from tests.conftest import Start
from tests.support.clones import Clone

# As requirements.txt has them: for everybody, for one system, and for some Pythons.
REQUIREMENTS = """\
everybody==1.0
    # via nothing
compiled==2.0
for-windows==1.0 ; sys_platform == 'win32'
old==1.0 ; python_full_version < '3.11.5'
old==2.0 ; python_full_version >= '3.11.5'
"""
WHEELS = [
    "compiled-2.0-cp311-abi3-macosx_11_0_arm64",
    "compiled-2.0-cp311-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64",
    "compiled-2.0-cp311-abi3-win_amd64",
    "everybody-1.0-py3-none-any",
    "for_windows-1.0-py3-none-any",
    "old-1.0-py3-none-any",
    "old-2.0-py3-none-any",
    "pip-99.0-py3-none-any",
]


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the wheels above, the only index of packages that pip knows."""
    folder = tmp_path / "index"
    for wheel in WHEELS:
        name, version, *_ = wheel.split("-")
        packages = folder / name.replace("_", "-")
        packages.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(packages / f"{wheel}.whl", "w") as archive:
            metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            archive.writestr(f"{name}-{version}.dist-info/METADATA", metadata)
            archive.writestr(f"{name}-{version}.dist-info/WHEEL", "Wheel-Version: 1.0")
        with (packages / "index.html").open("a") as page:
            page.write(f'<a href="{wheel}.whl">{wheel}.whl</a>\n')
    use_index(folder.as_uri(), monkeypatch)
    return folder


def use_index(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_INDEX_URL", address)


def closed_address() -> str:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{closed.getsockname()[1]}/simple"


@pytest.fixture
def course(repository: Path, index: Path) -> Clone:
    """The course, if it needed only what is in the index."""
    (repository / "requirements.txt").write_text(REQUIREMENTS)
    (repository / "requirements-course.txt").write_text("")
    return Clone(repository)


def wheels_in(course: Clone) -> list[str]:
    return sorted(file.stem for file in course.folder.glob("wheelhouse/*.whl"))


def test_every_pin_of_the_course_is_for_some_computer() -> None:
    for_nobody = [
        requirement
        for requirement in read_requirements(*FILES)
        if not any(target.wants(requirement) for target in other_targets())
    ]

    # What another Python than the usual one asks for, which nobody brings to a class.
    for requirement in for_nobody:
        assert "python_implementation" in str(requirement.marker)


@pytest.mark.slow
def test_every_kind_of_computer_gets_its_wheels_or_is_told_what_has_none(
    course: Clone, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = index / "compiled" / "index.html"
    links = page.read_text()
    page.write_text(re.sub(".*macosx.*", "", links))

    lacking = course.try_to_run("wheelhouse")
    page.write_text(links)
    complete = course.run("wheelhouse")
    # Now all are there, and nothing is fetched again.
    monkeypatch.setenv("PIP_INDEX_URL", closed_address())
    again = course.run("wheelhouse")

    assert lacking.returncode == 1
    for computer in [target.title for target in other_targets()]:
        on_mac = "no wheel for compiled==2.0"
        outcome = on_mac if computer.startswith("macOS") else "complete"
        assert f"\n{computer}: {outcome}\n" in lacking.stdout
        assert f"\n{computer}: complete\n" in complete
    assert "has 7 wheels" in lacking.stdout
    assert lacking.stderr == (
        "\nThe computers named above whose wheels are not complete cannot install the "
        "course without internet.\n"
    )
    assert wheels_in(course) == WHEELS
    assert again == complete


def test_here_is_for_computers_like_this_one(course: Clone) -> None:
    folder = course.folder / "wheelhouse"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")

    said = course.run("wheelhouse", "--here")

    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert said.startswith(f"This computer, Python {python}: complete\n\n{folder} has ")
    assert len([it for it in wheels_in(course) if it.startswith("compiled")]) == 1
    # The folder says itself how to use it, in the same words.
    assert said.endswith((folder / "README.txt").read_text())
    assert (folder / "notes.txt").read_text() == "mine"


def test_an_interrupted_run_leaves_nothing_half_and_can_be_repeated(
    course: Clone, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = os.environ["PIP_INDEX_URL"]
    with socket.create_server(("127.0.0.1", 0)) as silent_index:
        silent_index.settimeout(60)
        port = silent_index.getsockname()[1]
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{port}/simple")
        command = start("wheelhouse", "--here", repository=course.folder)
        connection, _ = silent_index.accept()
        with connection:
            command.press_ctrl_c()
            assert command.exit_status() == 130

    command.wait_until_all_ended()
    assert "Traceback" not in command.output
    assert [file.name for file in course.folder.glob("wheelhouse/*")] == ["README.txt"]
    monkeypatch.setenv("PIP_INDEX_URL", index)
    assert "complete" in course.run("wheelhouse", "--here")


def test_without_an_index_a_sentence_says_what_to_do(
    course: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_index(closed_address(), monkeypatch)
    # Without any attempt to connect again, pip does not tell why it found nothing.
    monkeypatch.setenv("PIP_RETRIES", "1")

    refusal = course.refusal("wheelhouse")

    assert refusal.startswith(
        "The packages cannot be fetched: check that this computer is online and has "
        "space on its disk, and run the same command again."
    )
    assert "pip says: ERROR: " in refusal
    assert course.refusal("wheelhouse", PIP_NO_INDEX="1") == (
        "PIP_NO_INDEX is set in this terminal, and with that, pip fetches nothing from "
        "the internet: open another terminal for this command.\n"
    )


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
