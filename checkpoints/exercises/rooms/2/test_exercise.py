from chat.tests.conftest import Join


async def test_greek_rooms_are_apart(join: Join) -> None:
    alice, bob = await join("Αίθουσα"), await join("Σαλόνι")

    await alice.send_to(text_data="hello")

    assert await alice.receive_from() == "hello"
    assert await bob.receive_nothing()
