"""What becomes of messages that come too fast."""

import json
import re
import time
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed

from tests.limits.conftest import Measured
from tests.limits.programs import Programs
from tests.support.clients import enter, send

pytestmark = pytest.mark.covers("G17")

AT_MOST = re.compile(r"at most (\d+) messages at once, then (\d+) a second")


async def test_who_sends_too_fast_is_told_and_then_closed(
    programs: Programs, measured: Measured
) -> None:
    address = programs.server().address
    answers = []
    began = time.monotonic()
    async with enter(address) as client:
        with suppress(ConnectionClosed):
            while True:
                await send(client, "ping")
                answers.append(json.loads(await client.recv()))
    errors = [answer["payload"] for answer in answers if answer["action"] == "error"]
    match = AT_MOST.search(errors[0]["detail"])
    assert match
    burst, per_second = map(int, match.groups())

    assert client.close_code == 4008
    # It sends as fast as it is answered, and the bucket fills up a little meanwhile.
    most = burst + per_second * (time.monotonic() - began) + 1
    assert burst <= len(answers) - len(errors) + 1 <= most
    assert burst <= len(errors) <= most
    measured("rate.burst", burst)
    measured("rate.per_second", per_second)

    # The limit is one for each connection.
    async with enter(address):
        pass
