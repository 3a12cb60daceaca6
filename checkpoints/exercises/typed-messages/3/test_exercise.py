from chanx.channels.testing import WebsocketCommunicator

from chat.tests.conftest import Join


async def wave(client: WebsocketCommunicator, name: str = "alice") -> None:
    await client.send_json_to({"action": "wave", "payload": {"name": name}})


async def actions(client: WebsocketCommunicator) -> list[str]:
    """The actions of all that a client receives, until nothing comes any more."""
    found = []
    while not await client.receive_nothing():
        found.append((await client.receive_json_from())["action"])
    return found


async def test_the_others_receive_it(join: Join) -> None:
    """It takes a class of a message with the action wave, and a handler for it."""
    alice, bob = await join(), await join()

    await wave(alice)

    assert "wave" in await actions(bob)


async def test_who_waves_does_not_receive_it(join: Join) -> None:
    """Send it with tell_the_others(), which leaves this connection out."""
    alice, bob = await join(), await join()

    await wave(alice)

    assert "wave" in await actions(bob)
    assert "wave" not in await actions(alice)


async def test_the_username_of_the_connection_wins(join: Join) -> None:
    """Put self.username into the payload, if the connection has one."""
    alice, bob = await join(username="alice"), await join()

    await wave(alice, "bob")

    assert (await bob.receive_json_from())["payload"] == {"name": "alice"}


async def test_a_name_that_is_none_is_refused(join: Join) -> None:
    """Let the payload's name be a Name, which says what a name may be."""
    alice = await join()

    await wave(alice, " ")

    assert (await alice.receive_json_from())["action"] == "error"
