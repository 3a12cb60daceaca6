from chat.tests.conftest import Join


async def test_another_room_hears_nothing(join: Join) -> None:
    alice, bob = await join("lobby"), await join("Lobby")

    await alice.send_to(text_data="hello")

    assert await alice.receive_from() == "hello"
    assert await bob.receive_nothing()
