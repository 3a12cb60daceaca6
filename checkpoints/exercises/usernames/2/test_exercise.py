from chat.tests.conftest import Join


async def test_the_words_come_before_the_close(join: Join) -> None:
    client = await join("lobby", "")

    assert (await client.receive_output())["type"] == "websocket.send"
    assert (await client.receive_output())["type"] == "websocket.close"
