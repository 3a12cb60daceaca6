from chat.tests.conftest import Join


async def test_an_empty_text_closes_nobody(join: Join) -> None:
    alice = await join()

    await alice.send_input({"type": "websocket.receive", "text": ""})

    assert (await alice.receive_output())["type"] == "websocket.send"
