import unicodedata

MAX_USERNAME_LENGTH = 40

# Unicode's categories of what takes no place of its own: control characters, format
# characters, half characters and separators of lines.
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# These are empty, too, although Unicode has them among letters, marks and symbols.
BLANK = set("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# One holds emoji together: 👩‍🚀 is a woman, this, and a rocket. Both shape the letters
# of some scripts.
JOINERS = {"\u200d", "\u200c"}
# Alphabets in which many letters look the same.
ALPHABETS = {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC"}


def fault_in(name: str) -> str:
    """What is wrong with a name, in a sentence; empty if nothing is."""
    if not 1 <= len(name) <= MAX_USERNAME_LENGTH:
        return f"Choose a name of at most {MAX_USERNAME_LENGTH} characters."
    if name.isascii() and name.isprintable():
        return ""
    if any(map(is_hidden, name, f" {name}")) or not any(map(is_visible, name)):
        return "Leave line breaks and characters that nobody can see out of the name."
    if unicodedata.normalize("NFKC", name) != unicodedata.normalize("NFC", name):
        return "Write the name in plain characters, without special forms of them."
    if any(map(mixes_alphabets, name.split())):
        return "Write a word in one alphabet: letters of others may look the same."
    return ""


def is_hidden(char: str, before: str) -> bool:
    """Whether a character shows nothing. A joiner may, after what it can join."""
    if char in JOINERS:
        return not can_be_joined(before)
    return char in BLANK or unicodedata.category(char) in HIDDEN


def can_be_joined(char: str) -> bool:
    """Whether it is an emoji or its color, an Arabic letter, or a mark that joins."""
    return (
        unicodedata.category(char) in {"So", "Sk"}
        or char == "\ufe0f"
        or unicodedata.bidirectional(char) == "AL"
        or unicodedata.combining(char) == 9
    )


def is_visible(char: str) -> bool:
    """Whether a character is more than a space or a mark on another one."""
    return unicodedata.category(char)[0] in "LNPS"


def mixes_alphabets(word: str) -> bool:
    """Whether a word has letters of several alphabets that look alike."""
    return len({alphabet_of(char) for char in word} & ALPHABETS) > 1


def alphabet_of(char: str) -> str:
    """The first word of a letter's name: LATIN SMALL LETTER A is LATIN."""
    return unicodedata.name(char, "").partition(" ")[0]
