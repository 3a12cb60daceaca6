import pytest
from pydantic import ValidationError

from chat.messages import ChatMessagePayload
from chat.names import fault_in

HIDDEN = "that nobody can see"
SPECIAL = "plain characters"
ALPHABETS = "one alphabet"


@pytest.mark.parametrize(
    "name",
    [
        "alice",
        "Ελένη",
        "Алиса",
        "Ålice",
        "A\u030alice",
        "李小龙",
        "한국어",
        "علی\u200cرضا",
        "क्\u200dष",
        "👩‍🚀",
        "👩🏽‍🚀",
        "🏳️‍🌈",
        "🇬🇷",
        "Ελένη 2",
        "李 Anna",
        "Ζωή Smith",
        "<script>alert(1)</script>",
        "x" * 40,
    ],
)
def test_any_name_that_can_be_read_is_a_name(name: str) -> None:
    assert fault_in(name) == ""


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "at most 40"),
        ("x" * 41, "at most 40"),
        ("\u200b", HIDDEN),
        ("\u3164", HIDDEN),
        ("\u2800", HIDDEN),
        ("\u0301", HIDDEN),
        ("\ufe0f", HIDDEN),
        ("alice\nbob", HIDDEN),
        ("alice\u2028bob", HIDDEN),
        ("alice\x1b[2J", HIDDEN),
        ("\u202eecila", HIDDEN),
        ("\u2066alice", HIDDEN),
        ("al\u200dice", HIDDEN),
        ("al\u00adice", HIDDEN),
        ("alice\U000e0041", HIDDEN),
        ("alice\ud800", HIDDEN),
        ("ａｌｉｃｅ", SPECIAL),
        ("𝐚𝐥𝐢𝐜𝐞", SPECIAL),
        ("alice\u00a0bob", SPECIAL),
        ("\u0430lice", ALPHABETS),
        ("\u0391lice", ALPHABETS),
        ("ali\u03f2e", SPECIAL),
    ],
)
def test_a_name_that_hides_something_is_none(name: str, fault: str) -> None:
    assert fault in fault_in(name)


def test_a_message_says_what_is_wrong_with_its_name() -> None:
    with pytest.raises(ValidationError, match="one alphabet"):
        ChatMessagePayload(message="hello", name="\u0430lice")
