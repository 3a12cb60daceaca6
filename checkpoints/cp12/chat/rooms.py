import hashlib

MAX_ROOM_LENGTH = 80

EVERYBODY = "everybody"

# Only its members enter a room whose name begins so.
PRIVATE = "private:"


def fault_in_room(room: str) -> str:
    """Why nobody can be in a room of that name, in a sentence; empty if they can."""
    if not 1 <= len(room) <= MAX_ROOM_LENGTH or "/" in room:
        return f"Choose a room name of at most {MAX_ROOM_LENGTH} characters, without /."
    if "\0" in room:
        return "Leave the character U+0000 out of the room name."
    if any("\ud800" <= char <= "\udfff" for char in room):
        return "The name of the room is no text in UTF-8: write it in that encoding."
    return ""


def group_of(room: str) -> str:
    """The name of the room's group.

    A room may have any name, a group may not: ASCII letters, digits, "-", "_" and
    "." only, fewer than 100 of them.
    """
    return f"room.{hashlib.sha256(room.encode()).hexdigest()}"
