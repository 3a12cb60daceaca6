import contextlib

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.examples.facts import Row, facts, rows_of
from tests.examples.server import Server, closed_with, hear

pytestmark = pytest.mark.covers("G9")


def list_of(cell: str) -> list[str]:
    return [] if cell == "none of them" else cell.split(", ")


# Whoever is of the company may enter all of them.
OFFICES = list_of(rows_of("groups/offices.csv")[0]["may enter"])


def enter(server: Server, session: str, office: str) -> ClientConnection:
    path = f"/ws/offices/{office.replace('.', '/')}/"
    cookie = {"Cookie": f"sessionid={session}"}
    return server.connect(path, additional_headers=cookie)


@pytest.mark.parametrize("row", facts("groups/offices.csv"))
def test_who_may_enter(row: Row, server: Server, sessions: dict[str, str]) -> None:
    entered = []
    for office in OFFICES:
        with enter(server, sessions[row["A user of"]], office) as client:
            try:
                assert hear(client) == f"Welcome to {office}."
                entered.append(office)
            except ConnectionClosed:
                assert client.close_code == 4403

    assert entered == list_of(row["may enter"])


@pytest.mark.parametrize("office", ["shop", "company.", "company.sales.x", "x" * 200])
def test_an_office_that_there_is_not(
    office: str, server: Server, sessions: dict[str, str]
) -> None:
    with enter(server, sessions["company"], office) as client:
        assert closed_with(client) == 4404


def test_who_has_not_logged_in_enters_no_office(server: Server) -> None:
    assert server.ask("/ws/offices/company/") == "code 4401"


@pytest.mark.parametrize("row", facts("groups/told.csv"))
def test_who_hears(row: Row, server: Server, sessions: dict[str, str]) -> None:
    session = sessions["company"]
    with contextlib.ExitStack() as stack:
        clients = {
            office: stack.enter_context(enter(server, session, office))
            for office in OFFICES
        }
        for office, client in clients.items():
            assert hear(client) == f"Welcome to {office}."
        told = f"{row['What is told to']}: {'x' * 1000}"
        teller = clients[row["What is told to"]]
        teller.send("x" * 1001)
        assert hear(teller) == told
        # Whoever hears this first has not heard the other.
        clients["company"].send("the end")

        heard = [
            office
            for office, client in clients.items()
            if client is teller or hear(client) == told
        ]
    assert heard == list_of(row["is heard in"])
