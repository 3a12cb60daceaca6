"""How a name looks, by Unicode's table of characters that look the same (UTS #39)."""

import unicodedata
from functools import partial

from confusable_homoglyphs.confusables import confusables_data

from chat.names import BLANK

# The table writes it around characters of scripts that run from right to left.
MARK = "\u200e"


composed = partial(unicodedata.normalize, "NFKC")
decomposed = partial(unicodedata.normalize, "NFKD")


def looks_of(name: str) -> set[str]:
    """How a name looks as it is written, in small letters and in capitals.

    Names that share a look are one name to people: alice, ALICE and al1ce.
    """
    name = composed(name)
    return {look_of(text) for text in [name, name.casefold(), name.upper()]}


def look_of(text: str) -> str:
    """A text without what nobody sees, and of like characters always the first."""
    # Letters with their marks before the marks alone: å looks like ȧ.
    for normalized in [composed, decomposed, decomposed]:
        letters = filter(is_seen, normalized(text))
        text = "".join(FIRST.get(char, char) for char in letters)
    return text


def is_seen(char: str) -> bool:
    """Whether a character is no space, not hidden, and not only a hint to the font."""
    is_hint = "VARIATION SELECTOR" in unicodedata.name(char, "")
    return (
        not is_hint and unicodedata.category(char)[0] not in "CZ" and char not in BLANK
    )


def first_of(char: str, alike: list[str]) -> str:
    """The character, or the two or three, that stand for all that look the same."""
    if len(alike) > 1:
        return char
    # Of a pair, either will do.
    is_pair = len(TABLE.get(alike[0], [])) == 1
    return (
        max(char, alike[0], key=lambda text: (len(text), text)) if is_pair else alike[0]
    )


TABLE = {
    char.strip(MARK): [other["c"].strip(MARK) for other in others]
    for char, others in confusables_data.items()
}
FIRST = {char: first_of(char, alike) for char, alike in TABLE.items() if len(char) == 1}
