from channels.testing import WebsocketCommunicator

from config.asgi import application

HEADERS = [(b"origin", b"http://localhost")]
ANSWER = "carol"


def client(path: str) -> WebsocketCommunicator:
    return WebsocketCommunicator(application, path, headers=HEADERS)


async def test_an_address_is_decoded_and_then_compared() -> None:
    people = {
        "bob": client("/ws/chat/Lobby/"),
        "carol": client("/ws/chat/lob%62y/"),
        "dave": client("/ws/chat/lobby"),
    }
    inside = [name for name in people if (await people[name].connect())[0]]
    alice = client("/ws/chat/lobby/")
    await alice.connect()

    await alice.send_to(text_data="hello")

    heard = [name for name in inside if not await people[name].receive_nothing()]
    assert inside == ["bob", "carol"]
    assert " ".join(heard) == ANSWER
    for name in inside:
        await people[name].disconnect()
    await alice.disconnect()
