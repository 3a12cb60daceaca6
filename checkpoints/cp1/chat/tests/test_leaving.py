from chat.tests.conftest import Join


async def test_who_has_left_hears_nothing(join: Join) -> None:
    alice, bob = await join(), await join()
    await bob.disconnect()

    await alice.send_to(text_data="anyone there?")

    assert await alice.receive_from() == "anyone there?"
    assert await bob.receive_nothing()
