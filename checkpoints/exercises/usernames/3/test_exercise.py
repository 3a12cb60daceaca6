import pytest

from chat.tests.conftest import Join


async def test_an_action_comes_instead_of_a_message(join: Join) -> None:
    """Send an event of another type for /me, and does instead of message."""
    alice = await join("lobby", "alice")

    await alice.send_to(text_data="/me waves")

    assert sorted(await alice.receive_json_from()) == ["does", "username"]


async def test_what_is_done_comes_without_the_command(join: Join) -> None:
    """Leave out /me and the space after it; keep all that follows."""
    alice = await join("lobby", "alice")

    await alice.send_to(text_data="/me waves to bob")

    assert (await alice.receive_json_from())["does"] == "waves to bob"


async def test_everybody_reads_who_does_it(join: Join) -> None:
    """The name of the sender travels in the event: self is who listens."""
    alice, bob = await join("lobby", "alice"), await join("lobby", "bob")

    await alice.send_to(text_data="/me waves")

    for client in [alice, bob]:
        assert (await client.receive_json_from())["username"] == "alice"


@pytest.mark.parametrize("text", ["hello", "/meow", "not /me", "//me waves"])
async def test_a_word_that_begins_with_me_is_a_message(join: Join, text: str) -> None:
    """Compare the whole first word with /me: /meow is a message like others."""
    alice, bob = await join("lobby", "alice"), await join("lobby", "bob")

    await alice.send_to(text_data=text)

    assert await bob.receive_json_from() == {"username": "alice", "message": text}
