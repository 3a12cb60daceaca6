import hashlib

MAX_ROOM_LENGTH = 80

EVERYBODY = "everybody"


def group_of(room: str) -> str:
    """The name of the room's group.

    A room may have any name, a group may not: ASCII letters, digits, "-", "_" and
    "." only, fewer than 100 of them.
    """
    return f"room.{hashlib.sha256(room.encode()).hexdigest()}"
