import pytest

from course.chapters import all_checkpoints, find_checkpoint

pytestmark = pytest.mark.quick

FILES = [
    "templates/chat/console.html",
    "static/chat/console.css",
    "static/chat/console.js",
]
NAMES = [checkpoint.name for checkpoint in all_checkpoints()]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("file", FILES)
def test_the_console_page_never_changes(name: str, file: str) -> None:
    at_first = find_checkpoint("start").folder / "chat" / file

    assert (find_checkpoint(name).folder / "chat" / file).read_bytes() == (
        at_first.read_bytes()
    )
