"""What lets somebody in: no log keeps it, and no other site can use it."""

import json
from pathlib import Path
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from tests.support.clients import SECONDS, open_socket, receive, send, url_of
from tests.support.programs import Programs
from tests.support.visitors import PASSWORD, Visitor


def ticket_for(address: str, name: str) -> str:
    """A ticket, as a program without cookies gets it."""
    body = json.dumps({"username": name, "password": PASSWORD}).encode()
    request = Request(f"http://{address}/accounts/ticket/", body)
    with build_opener(ProxyHandler({})).open(request, timeout=SECONDS) as answer:
        ticket: str = json.load(answer)["ticket"]
    return ticket


async def test_no_log_keeps_it_and_no_other_site_can_use_it(tmp_path: Path) -> None:
    with Programs(tmp_path) as programs:
        server = programs.daphne()
        ada = Visitor(server.address)
        ada.sign_up("ada")
        ada.send("/rooms/", title="Our room")
        url = url_of(server.address, ada.at.split("/")[2])
        ticket = ticket_for(server.address, "ada")

        elsewhere = Origin("http://elsewhere.example")
        with pytest.raises(InvalidStatus, match="HTTP 403"):
            await open_socket(url, origin=elsewhere, additional_headers=ada.headers)
        protocols = [Subprotocol("chat"), Subprotocol(f"ticket.{ticket}")]
        async with open_socket(url, subprotocols=protocols) as socket:
            assert socket.subprotocol == "chat"
            said = {"message": "our secret", "name": "ada", "id": "1"}
            await send(socket, "new_chat_message", said)
            await receive(socket, "message_saved")
        async with open_socket(url, subprotocols=protocols) as socket:
            await receive(socket, "error")
        server.wait_for_output("/accounts/ticket/")

    assert "/ws/chat/private:" in server.output
    for secret in [ticket, PASSWORD, "our secret", "Our room", *ada.cookies.values()]:
        assert secret not in server.output
