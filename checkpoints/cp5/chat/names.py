import unicodedata

MAX_USERNAME_LENGTH = 40

# Unicode's categories of what takes no place of its own: control characters, format
# characters, half characters and separators of lines.
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# One of them holds emoji together: 👩‍🚀 is a woman, this, and a rocket.
JOINER = "\u200d"


def fault_in(name: str) -> str:
    """What is wrong with a name, in a sentence; empty if nothing is."""
    if not 1 <= len(name.strip(JOINER)) <= MAX_USERNAME_LENGTH:
        return (
            "Add a username to the address, ?username=alice,"
            f" of at most {MAX_USERNAME_LENGTH} characters."
        )
    if any(unicodedata.category(char) in HIDDEN for char in name.replace(JOINER, "")):
        return "Leave line breaks and characters that nobody can see out of the name."
    return ""
