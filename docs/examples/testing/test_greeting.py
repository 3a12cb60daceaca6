from channels.testing import WebsocketCommunicator
from testing.greeting import CLOSE_NO_NAME, GreetingConsumer


async def test_it_greets_by_name() -> None:
    client = WebsocketCommunicator(GreetingConsumer.as_asgi(), "/ws/")
    is_connected, _ = await client.connect()
    assert is_connected

    await client.send_to(text_data="Alice")

    assert await client.receive_from() == "Hello, Alice!"
    await client.disconnect()


async def test_bytes_are_no_name() -> None:
    client = WebsocketCommunicator(GreetingConsumer.as_asgi(), "/ws/")
    await client.connect()

    await client.send_to(bytes_data=b"\x00")

    close = await client.receive_output()
    assert (close["type"], close["code"]) == ("websocket.close", CLOSE_NO_NAME)
