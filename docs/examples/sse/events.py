"""What travels: events, as an EventSource reads them."""

import json
from collections.abc import AsyncIterator

from django.http import StreamingHttpResponse


def event(data: object, name: str = "message", id: int | None = None) -> str:
    """An event. JSON has no line end in it; one would end the data."""
    lines = [f"event: {name}", f"data: {json.dumps(data)}"]
    if id is not None:
        lines.append(f"id: {id}")
    return "\n".join(lines) + "\n\n"


def stream(events: AsyncIterator[str]) -> StreamingHttpResponse:
    """An answer that goes on as long as there are events."""
    return StreamingHttpResponse(
        events,
        content_type="text/event-stream",
        # nginx passes on at once what comes.
        headers={"X-Accel-Buffering": "no"},
    )
