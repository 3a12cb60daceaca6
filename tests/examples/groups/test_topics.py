import pytest

from tests.examples.server import Server, hear

pytestmark = pytest.mark.covers("G9")


def test_a_socket_in_several_groups(server: Server) -> None:
    with (
        server.connect("/ws/topics/") as alice,
        server.connect("/ws/topics/") as bob,
    ):
        for number, topic in enumerate(["sport", "news"], start=1):
            alice.send(f"follow {topic}")
            followed = sorted(["sport", "news"][:number])
            assert hear(alice) == f"You follow: {', '.join(followed)}"
        bob.send("tell sport two to one")
        bob.send("tell weather rain")
        bob.send("tell news elections")
        assert hear(alice) == "sport: two to one"
        assert hear(alice) == "news: elections"

        alice.send("unfollow sport")
        assert hear(alice) == "You follow: news"
        bob.send("tell sport three to one")
        bob.send("tell news a strike")
        assert hear(alice) == "news: a strike"


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "follow",
        "follow cats",
        "follow sport now",
        "tell sport",
        "tell cats meow",
        f"tell sport {'x' * 1001}",
        b"follow sport",
    ],
)
def test_what_is_no_command_gets_help(server: Server, frame: str | bytes) -> None:
    with server.connect("/ws/topics/") as alice:
        alice.send(frame)
        help = "Say follow, unfollow or tell, and one of: news, sport, weather."
        assert hear(alice) == help
