"""What was said in a room, piece by piece: however much it is."""

from collections.abc import Iterator

from chat.models import Message, Room

PIECE = 500


def pieces_of(room: Room) -> Iterator[list[Message]]:
    """The messages up to the newest that the room had at first."""
    seq = 0
    while piece := list(
        room.messages.filter(seq__gt=seq, seq__lte=room.newest).order_by("seq")[:PIECE]
    ):
        yield piece
        seq = piece[-1].seq
