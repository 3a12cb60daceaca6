import re
from itertools import pairwise
from pathlib import Path

import pytest

from course import chapters
from course.chapters import ROOT, all_checkpoints, find_checkpoint, load_chapters
from course.errors import TutorialError

pytestmark = pytest.mark.quick


def test_every_chapter_starts_where_the_one_before_it_ends() -> None:
    first, *_, last = load_chapters()

    assert first.starts_at is None
    assert last.ends_at == "final"
    for chapter, following in pairwise(load_chapters()):
        assert following.starts_at == chapter.ends_at


def test_pages_and_checkpoints_are_named_once() -> None:
    for names in (
        [chapter.page for chapter in load_chapters()],
        [chapter.title for chapter in load_chapters()],
        [chapter.ends_at for chapter in load_chapters()],
    ):
        assert len(names) == len(set(names))


@pytest.mark.parametrize("checkpoint", all_checkpoints(), ids=lambda found: found.name)
def test_a_checkpoint_is_a_whole_project(checkpoint: chapters.Checkpoint) -> None:
    for path in "manage.py", "pytest.ini", "config/settings.py", "chat/__init__.py":
        assert (checkpoint.folder / path).is_file()


def test_there_is_no_folder_without_a_chapter() -> None:
    folders = {path.parent for path in ROOT.glob("checkpoints/*/manage.py")}
    folders.add(ROOT / "chanx_django")

    assert folders == {checkpoint.folder for checkpoint in all_checkpoints()}


def test_a_checkpoint_has_the_packages_of_all_chapters_so_far() -> None:
    assert "Django" in find_checkpoint("cp0").packages
    assert "channels" in find_checkpoint("cp0").packages
    assert "channels-redis" not in find_checkpoint("cp3").packages


@pytest.mark.parametrize("text", ["", "[[chapter", "[[chapter]]\npgae = 'echo'"])
def test_a_mistake_in_the_list_is_an_error_that_names_the_file(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "chapters.toml"
    file.write_text(text)
    monkeypatch.setattr(chapters, "CHAPTERS_FILE", file)

    with pytest.raises(TutorialError, match=r"Correct checkpoints/chapters\.toml: "):
        load_chapters.__wrapped__()


def test_the_readme_shows_the_same_chapters() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \| \d+ \| (.+?) \|$", readme, re.M)

    assert rows == [
        (
            chapter.title,
            f"`{chapter.starts_at}`" if chapter.starts_at else "–",
            f"`{chapter.ends_at}`",
            chapter.summary,
        )
        for chapter in load_chapters()
    ]
