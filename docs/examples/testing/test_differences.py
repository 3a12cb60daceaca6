"""What a communicator gets, row by row of the guide's table."""

import csv
from pathlib import Path

import pytest
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from testing.differences import websocket_urlpatterns

TABLE = Path(__file__).with_name("differences.csv")


def rows() -> list[tuple[str, str]]:
    """What the consumer does, and what a communicator gets."""
    with TABLE.open(encoding="utf-8", newline="") as table:
        _, *facts = csv.reader(table)
    return [(does.strip("`"), gets) for does, gets, _ in facts]


async def outcome(steps: str) -> str:
    """What a communicator gets, in the words of the table."""
    application = URLRouter(websocket_urlpatterns)
    client = WebsocketCommunicator(application, f"/ws/{steps}/")
    try:
        is_connected, code = await client.connect()
        if not is_connected:
            return f"refused with {code}"
        if client.response_headers:
            [(name, value)] = client.response_headers
            return f"the header {name.decode()}: {value.decode()}"
        event = await client.receive_output()
    except RuntimeError:
        return "the RuntimeError itself"
    if event["type"] == "websocket.close":
        reason = f", {event['reason']}" if event.get("reason") else ""
        return f"code {event['code']}{reason}"
    return "an empty text" if event["text"] == "" else "something else"


@pytest.mark.parametrize(("steps", "gets"), rows())
async def test_a_communicator_gets(steps: str, gets: str) -> None:
    assert await outcome(steps) == gets
