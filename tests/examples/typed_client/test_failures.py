"""What a generated client makes of what goes wrong."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.examples.facts import Row, facts
from tests.support.running import Server

pytestmark = pytest.mark.covers("G21")

SECONDS = 100


class Mistake(Exception):
    pass


def class_for(wrong: str, generated: Any, happened: asyncio.Event) -> Any:
    """A client's class as one would write it, with that mistake."""
    fails_first = wrong == "an exception in your send_init_message"
    fails_later = wrong == "an exception in your handle_message"
    is_old = wrong == "a message that it does not know"

    class Client(generated.ChatClient):  # type: ignore[misc]
        if is_old:
            incoming_message = generated.History | generated.Typing

        async def send_init_message(self) -> None:
            if fails_first:
                happened.set()
                raise Mistake
            await self.send_raw('{"action": "ping"}')

        async def handle_message(self, _message: object) -> None:
            if fails_later:
                raise Mistake

        async def handle_invalid_message(self, message: object) -> None:
            await super().handle_invalid_message(message)
            happened.set()

    return Client


def arguments_for(wrong: str, address: str) -> dict[str, Any]:
    """What its class is called with."""
    headers = {"Origin": f"http://{address}"}
    if wrong == "no Origin":
        headers = {}
    elif wrong == "a ticket among the headers":
        headers["Sec-WebSocket-Protocol"] = "chat, ticket.abc"
    room = "a?b" if wrong == "a room a?b, not quoted" else "lobby"
    return {"headers": headers, "path_params": {"group_name": room}}


async def outcome(client: Any, happened: asyncio.Event) -> str:
    """Whether it ends by itself. Raises what it raises."""
    running = asyncio.create_task(client.handle())
    waiting = asyncio.create_task(happened.wait())
    either = {running, waiting}
    await asyncio.wait(either, timeout=SECONDS, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not running.done():
        with suppress(ConnectionClosed):
            await (await client.websocket.ping())
            await client.disconnect()
            await running
            return "goes on"
    await running
    return "ends"


@pytest.mark.parametrize("row", facts("typed_client/failures.csv"))
async def test_what_goes_wrong(
    row: Row,
    generated: Any,
    served: Server,
    capsys: pytest.CaptureFixture[str],
) -> None:
    wrong, as_generated, with_method = row.values()

    async def raise_it(_client: object, error: Exception) -> None:
        raise error

    async def found(**methods: Any) -> str:
        happened = asyncio.Event()
        slash = "" if wrong == "no slash after the host" else "/"
        base = class_for(wrong, generated, happened)
        client = type("Client", (base,), methods)(
            f"ws://{served.address}{slash}", **arguments_for(wrong, served.address)
        )
        if wrong == "the server closes with 4001":
            client.url += "?username="
        try:
            end = await outcome(client, happened)
        except Mistake:
            return "your exception"
        except Exception as error:
            port = served.address.split(":")[1]
            return f"{type(error).__name__}: {error}".replace(port, "8000")
        written = capsys.readouterr().out
        is_printed = written.startswith("Received invalid message")
        assert is_printed or not written
        return f"{end} and {'prints it' if is_printed else 'says nothing'}"

    assert await found() == as_generated
    assert await found(handle_websocket_connection_error=raise_it) == with_method


async def test_nothing_is_read_while_a_message_is_handled(
    generated: Any, served: Server
) -> None:
    is_answered = asyncio.Event()

    class Client(generated.ChatClient):  # type: ignore[misc]
        heard = 0
        has_waited = False

        async def send_init_message(self) -> None:
            await self.send_raw('{"action": "ping"}')

        async def handle_message(self, _message: object) -> None:
            self.heard += 1
            if self.heard == 2:
                is_answered.set()
                return
            await self.send_raw('{"action": "ping"}')
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(is_answered.wait(), 0.3)
            self.has_waited = True
            await self.disconnect()

    arguments = arguments_for("", served.address)
    client = Client(f"ws://{served.address}/", **arguments)
    await asyncio.wait_for(client.handle(), SECONDS)

    assert client.has_waited
