from collections import Counter
from collections.abc import Iterator
from typing import IO

import pygal

from chat.models import Room
from system.history import pieces_of


def statistics(room: Room, file: IO[bytes]) -> Iterator[int]:
    """Draw at what time of the day people talk. The percentage that is done."""
    hours: Counter[int] = Counter()
    for piece in pieces_of(room):
        hours.update(message.sent_at.hour for message in piece)
        yield 99 * piece[-1].seq // room.newest
    chart = pygal.Bar(js=[], show_legend=False)
    chart.title = f"{hours.total()} messages in {room.name}"
    chart.x_title = "Hour of the day, in UTC"
    chart.x_labels = [str(hour) for hour in range(24)]
    chart.add("messages", [hours[hour] for hour in range(24)])
    file.write(chart.render())
