from chat.tests.conftest import Join


async def test_the_sender_does_not_hear_it(join: Join) -> None:
    """Put self.channel_name into the event, and send only where it is another one."""
    alice, bob = await join(), await join()

    await alice.send_to(text_data="hello")
    await bob.receive_from()

    assert await alice.receive_nothing()


async def test_the_others_hear_a_text(join: Join) -> None:
    """Send the text on in chat_message() of everybody who is not its sender."""
    alice, bob, carol = await join(), await join(), await join()

    await alice.send_to(text_data="hello")

    assert await bob.receive_from() == "hello"
    assert await carol.receive_from() == "hello"


async def test_who_has_spoken_still_hears_the_others(join: Join) -> None:
    """The sender must stay in the group, or what others say is lost."""
    alice, bob = await join(), await join()

    await alice.send_to(text_data="hello")
    await bob.receive_from()
    await bob.send_to(text_data="welcome")

    assert await alice.receive_from() == "welcome"
