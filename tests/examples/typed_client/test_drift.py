"""The checks for CI notice a change, and mypy a mistake."""

from pathlib import Path

import pytest

from tests.examples.facts import rows_of
from tests.examples.typed_client.conftest import Workplace

pytestmark = pytest.mark.covers("G21")

GIT = ("git", "-c", "user.name=Ann", "-c", "user.email=ann@example.org")
WRONG = """
from typing import assert_never

from chat_client.chat import (
    Announcement, ChatClient, ChatMessagePayload, DiceRolled, History, IncomingMessage,
    Members, MessageSaved, NewChatMessage, Typing, UserJoined, UserLeft,
)
from chat_client.shared.messages import ErrorMessage, PongMessage

ChatMessagePayload(text="Hello", name="Ann")


async def wrong(client: ChatClient, said: ChatMessagePayload) -> int:
    await client.send_message(PongMessage())
    return said.seq + 1


def forget(message: IncomingMessage) -> None:
    match message:
        case Announcement() | DiceRolled() | ErrorMessage() | History() | Members():
            pass
        case MessageSaved() | NewChatMessage() | Typing() | UserJoined() | UserLeft():
            pass
        case _:
            assert_never(message)
"""


@pytest.fixture
def repository(workplace: Workplace, tmp_path: Path) -> Workplace:
    """A copy of what was generated, all of it committed."""
    copy = Workplace(tmp_path, workplace.folder)
    copy.programs.variables["MYPY_CACHE_DIR"] = str(workplace.folder / ".mypy_cache")
    # The order of what is in the file must not be a matter of chance.
    copy.programs.variables["PYTHONHASHSEED"] = "1"
    copy.succeed("git", "init", "--quiet")
    copy.succeed("git", "add", ".")
    copy.succeed(*GIT, "commit", "--quiet", "-m", "The schema and the client")
    return copy


def test_server_and_client_notice_a_change(repository: Workplace) -> None:
    repository.succeed("sh", "-e", "check.sh")
    repository.succeed("sh", "-e", "check_client.sh")
    messages = repository.folder / "chat" / "messages.py"
    changed = messages.read_text("utf-8").replace(
        "    message: Text\n    name: Name\n    sent_at: datetime | None",
        "    text: Text\n    name: Name\n    sent_at: datetime | None",
    )
    messages.write_text(changed, "utf-8")

    server = repository.run("sh", "-e", "check.sh")
    client = repository.run("sh", "-e", "check_client.sh")

    assert (server.returncode, client.returncode) == (1, 1)
    assert '-          "message": {\n+          "text": {\n' in server.stdout
    assert 'Unexpected keyword argument "message" for "ChatMessag' in client.stdout


def test_mypy_finds_each_mistake(workplace: Workplace) -> None:
    (workplace.folder / "wrong.py").write_text(WRONG, "utf-8")
    check = ("--strict", "--follow-imports", "silent", "wrong.py")

    found = workplace.run("python", "-m", "mypy", *check).stdout

    expected = [row["mypy"] for row in rows_of("typed_client/mistakes.csv")]
    assert [text for text in expected if text not in found] == []
    assert f"Found {len(expected)} errors in 1 file" in found
