import pytest

from tests.examples.server import Server, closed_with, hear
from tests.support.commands import wait_until

pytestmark = pytest.mark.covers("G9")


def test_a_call_ends_for_everybody(server: Server) -> None:
    with server.connect("/ws/calls/") as host, server.connect("/ws/calls/") as other:
        code = hear(host)
        assert hear(other) != code
        with server.connect(f"/ws/calls/{code}/") as guest:
            assert hear(guest) == code
            for frame in b"bytes", "", "x" * 1001:
                guest.send(frame)
            assert hear(host) == hear(guest) == "x" * 1000
            assert code in server.get("/groups/")

            assert closed_with(host) == closed_with(guest) == 4410
        assert closed_with(other) == 4410
    # Who was in it leaves the group a moment after the client knows of the end.
    wait_until(lambda: code not in server.get("/groups/"), "The group did not go")
    assert server.ask(f"/ws/calls/{code}/") == "code 4410"


@pytest.mark.parametrize("code", ["nonsense", "abc.9999999999.00.forged"])
def test_a_call_that_there_never_was(server: Server, code: str) -> None:
    assert server.ask(f"/ws/calls/{code}/") == "code 4404"
