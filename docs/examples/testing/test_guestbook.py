import pytest
from channels.testing import WebsocketCommunicator
from testing.conftest import Open
from testing.guestbook import CLOSE_BAD_ENTRY, CLOSE_LOG_IN, MAX_LENGTH
from testing.models import Entry

from config.asgi import application

OWN_PAGE = [(b"origin", b"http://localhost")]


async def test_everybody_sees_a_new_entry(open_as: Open) -> None:
    alice, bob = await open_as("alice"), await open_as("bob")

    await alice.send_to(text_data="It was lovely.")

    for client in alice, bob:
        assert await client.receive_from() == "alice: It was lovely."


async def test_an_entry_is_kept(open_as: Open) -> None:
    alice = await open_as("alice")

    await alice.send_to(text_data="It was lovely.")
    await alice.receive_from()

    entry = await Entry.objects.aget()
    assert (entry.name, entry.text) == ("alice", "It was lovely.")


@pytest.mark.parametrize("entry", ["", b"\x00", "x" * (MAX_LENGTH + 1)])
async def test_a_bad_entry_closes_its_writer_only(
    open_as: Open, entry: str | bytes
) -> None:
    alice, bob = await open_as("alice"), await open_as("bob")

    await alice.send_input({"type": "websocket.receive", **frame(entry)})

    assert (await alice.receive_output())["code"] == CLOSE_BAD_ENTRY
    assert await bob.receive_nothing()
    assert not await Entry.objects.aexists()


def frame(data: str | bytes) -> dict[str, str | bytes]:
    return {"text" if isinstance(data, str) else "bytes": data}


async def test_who_has_not_logged_in_is_sent_away() -> None:
    client = WebsocketCommunicator(application, "/ws/guestbook/", OWN_PAGE)

    assert await client.connect() == (True, None)
    assert (await client.receive_output())["code"] == CLOSE_LOG_IN


async def test_a_page_of_another_site_is_refused() -> None:
    headers = [(b"origin", b"http://evil.example")]
    client = WebsocketCommunicator(application, "/ws/guestbook/", headers)

    is_connected, _ = await client.connect()

    assert not is_connected
