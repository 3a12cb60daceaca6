from channels.testing import WebsocketCommunicator

from config.asgi import application

HEADERS = [(b"origin", b"http://localhost")]
PATH = "/ws/chat/lobby/?username=Tom%2BJerry+Co&username=bob"
ANSWER = "Tom+Jerry Co"


async def test_a_plus_sign_is_a_space_unless_it_is_quoted() -> None:
    tom = WebsocketCommunicator(application, PATH, headers=HEADERS)
    await tom.connect()

    await tom.send_to(text_data="hello")

    assert (await tom.receive_json_from())["username"] == ANSWER
    await tom.disconnect()
