from chat.tests.conftest import Join

ANSWER = "one two"


async def test_bob_hears_what_is_said_while_he_is_there(join: Join) -> None:
    alice, bob = await join(), await join()
    heard = []

    await alice.send_to(text_data="one")
    heard.append(await bob.receive_from())
    carol = await join()
    await bob.send_to(text_data="two")
    heard.append(await bob.receive_from())
    await bob.disconnect()
    await alice.send_to(text_data="three")

    assert [await carol.receive_from(), await carol.receive_from()] == ["two", "three"]
    assert await bob.receive_nothing()
    assert " ".join(heard) == ANSWER
