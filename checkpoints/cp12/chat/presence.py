"""Who is in each room, of the people who are connected to this process.

Every process knows its own. Together they know everybody, so whoever asks the room
asks all of them; and what a process knew is gone when it is.
"""

import uuid

PROCESS = uuid.uuid4().hex

# Group name -> channel name -> username.
_usernames: dict[str, dict[str, str]] = {}


def add(group: str, channel_name: str, username: str) -> bool:
    """Add a connection. Whether it is the only one of that name."""
    members = _usernames.setdefault(group, {})
    is_new = username not in members.values()
    members[channel_name] = username
    return is_new


def remove(group: str, channel_name: str) -> str | None:
    """Remove a connection. Its username, if it was the last one of that name."""
    members = _usernames.get(group, {})
    username = members.pop(channel_name, None)
    if not members:
        _usernames.pop(group, None)
    return None if username in members.values() else username


def names(group: str) -> list[str]:
    """The names in a room, each once."""
    return sorted(set(_usernames.get(group, {}).values()))


def answers(group: str, channel_name: str) -> bool:
    """Whether this connection is the one that answers for its process."""
    return next(iter(_usernames.get(group, {})), None) == channel_name
