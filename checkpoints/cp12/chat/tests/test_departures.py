from typing import Any

from autobahn.exception import Disconnected

from chat.departures import DepartureMiddleware


async def test_a_consumer_outlives_a_message_to_a_client_that_has_gone() -> None:
    steps = []

    async def consumer(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.send", "text": "hello"})
        steps.append("leaves its groups")

    async def send_of_daphne(message: Any) -> None:
        raise Disconnected("Attempt to send on a closed protocol")

    await DepartureMiddleware(consumer)({}, None, send_of_daphne)

    assert steps == ["leaves its groups"]
