import pytest

from tests.examples.conftest import ServeExample

pytestmark = pytest.mark.covers("G2")


def test_as_asgi_makes_an_object_for_each_connection(
    serve_example: ServeExample,
) -> None:
    server = serve_example("routing/greetings.py")
    with (
        server.connect("/ws/english/") as alice,
        server.connect("/ws/english/") as bob,
        server.connect("/ws/french/") as carol,
    ):
        for socket, name in (alice, "Alice"), (alice, "Alice"), (bob, "Bob"):
            socket.send(name)
        carol.send("Carol")

        assert alice.recv() == "Hello, Alice! (1)"
        assert alice.recv() == "Hello, Alice! (2)"
        assert bob.recv() == "Hello, Bob! (1)"
        assert carol.recv() == "Bonjour, Carol! (1)"
