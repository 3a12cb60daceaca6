import re
import subprocess
import sys

from course.chapters import ROOT, load_chapters

PIN = re.compile(r"([a-z0-9-]+)==[0-9][0-9a-z.]*( ; .+)?")


def pins() -> list[str]:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.lstrip().startswith("#")]


def pinned_names() -> set[str]:
    return {line.partition("==")[0] for line in pins()}


def normalized(name: str) -> str:
    return re.sub("[-_.]+", "-", name).lower()


def test_every_line_is_a_pin_and_nothing_else() -> None:
    for line in pins():
        assert PIN.fullmatch(line), line


def test_no_address_and_no_path_is_in_the_requirements() -> None:
    for name in "requirements.in", "requirements.txt":
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"://|--(extra-)?index-url|--find-links|/", text), name


def test_what_the_chapters_require_is_pinned() -> None:
    required = {
        normalized(name) for chapter in load_chapters() for name in chapter.requires
    }

    assert required <= pinned_names()


def test_what_the_course_asks_for_is_pinned() -> None:
    text = (ROOT / "requirements.in").read_text(encoding="utf-8")
    asked_for = re.findall(r"^[\w-]+", text, re.MULTILINE)

    assert {normalized(name) for name in asked_for} <= pinned_names()


def test_the_pinned_packages_agree_with_each_other() -> None:
    check = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True
    )

    assert check.returncode == 0, check.stdout
