from channels.testing import WebsocketCommunicator

from chat.tests.conftest import Join


async def count(client: WebsocketCommunicator) -> str:
    await client.send_to(text_data="/count")
    return str(await client.receive_from())


async def test_the_room_tells_how_many_are_in_it(join: Join) -> None:
    """Look for the text /count in receive(), and send the number as a text."""
    alice = await join("lobby")
    assert await count(alice) == "1"

    await join("lobby")

    assert await count(alice) == "2"


async def test_each_room_has_its_own_number(join: Join) -> None:
    """Count for each group by itself: with a dictionary, for example."""
    alice = await join("garden")
    await join("kitchen")

    assert await count(alice) == "1"


async def test_who_leaves_is_not_counted_any_more(join: Join) -> None:
    """Take 1 off in disconnect(), which Channels calls when a connection ends."""
    alice, bob = await join("hall"), await join("hall")

    await bob.disconnect()

    assert await count(alice) == "1"


async def test_who_was_refused_changes_nothing(join: Join) -> None:
    """A refused client was not counted, so take nothing off when it disconnects."""
    alice = await join("x" * 80)
    refused = await join("x" * 81)
    assert (await refused.receive_output())["type"] == "websocket.close"

    await refused.disconnect()

    assert await count(alice) == "1"


async def test_only_the_one_who_asks_is_told(join: Join) -> None:
    """Answer with self.send(), which reaches this client only, not group_send()."""
    alice, bob = await join("cellar"), await join("cellar")

    assert await count(alice) == "2"

    assert await bob.receive_nothing()
    assert await alice.receive_nothing()


async def test_other_texts_go_to_the_room(join: Join) -> None:
    """Only the whole text /count is the question; send all others to the group."""
    alice, bob = await join("library"), await join("library")

    await alice.send_to(text_data="/counter")

    assert await bob.receive_from() == "/counter"
