import pytest
from confusable_homoglyphs.confusables import confusables_data

from chat.looks import look_of, looks_of
from chat.names import fault_in


def look_the_same(one: str, other: str) -> bool:
    return bool(looks_of(one) & looks_of(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alice", "ALICE"),
        ("alice", "ａｌｉｃｅ"),
        ("alice", "al\u200bice"),
        ("alice", "\u202ealice"),
        ("alice", "al\u00adice"),
        ("alice", "alice\ufe0f"),
        ("alice", " a lice\u3000"),
        ("alice", "al1ce"),
        ("alice", "aIice"),
        ("ALICE", "aIice"),
        ("alice", "\u0430lice"),
        ("сосо", "coco"),
        ("АННА", "AHHA"),
        ("modern", "rnodern"),
        ("Olga", "0lga"),
        ("A\u030alice", "Ålice"),
        ("straße", "STRASSE"),
        ("Δημήτρης", "ΔΗΜΉΤΡΗΣ"),
    ],
)
def test_names_that_look_the_same_share_a_look(one: str, other: str) -> None:
    assert look_the_same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alice", "alice2"),
        ("mail", "mall"),
        ("Eli", "Ell"),
        ("Bob", "Rob"),
        ("Ελένη", "Ελένα"),
        ("李小龙", "李大龙"),
        ("👩‍🚀", "👨‍🚀"),
    ],
)
def test_other_names_do_not(one: str, other: str) -> None:
    assert not look_the_same(one, other)


def test_a_name_of_unicodes_table_looks_like_what_the_table_says() -> None:
    """But for four pairs of letters of which one has two marks."""
    pairs = {
        frozenset([char, other["c"]])
        for char, others in confusables_data.items()
        for other in others
        if not fault_in(char) and not fault_in(other["c"])
    }

    different = [pair for pair in pairs if len({look_of(text) for text in pair}) > 1]
    assert len(pairs) > 1000
    assert len(different) <= 4, different
