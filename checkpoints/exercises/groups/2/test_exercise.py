from chat.tests.conftest import Join


async def test_an_empty_text_closes_nobody(join: Join) -> None:
    alice = await join()

    await alice.send_to(text_data="")

    assert (await alice.receive_output())["type"] == "websocket.send"
