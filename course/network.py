"""`tutorial.py serve --network`: the server, for other devices of the network."""

import http.client
import secrets
import socket
import sys

from course.errors import TutorialError
from course.ports import HOST

# Nothing is sent to it. It only has to be outside of this computer.
SOMEWHERE = "192.0.2.1", 9


def addresses_of_this_computer() -> list[str]:
    """Return the addresses that others in the network have for it, the best one first.

    Raises TutorialError if it has none.
    """
    import psutil

    addresses = [
        address.address
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family == socket.AF_INET and not address.address.startswith("127.")
    ]
    if not addresses:
        raise TutorialError(
            "This computer is in no network: connect it to one, or leave out --network."
        )
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(SOMEWHERE)
            best = probe.getsockname()[0]
        except OSError:
            best = ""
    return sorted(addresses, key=lambda address: address != best)


def environment_for_network(hosts: list[str]) -> dict[str, str]:
    """Return what has a project admit these hosts, and show strangers no traceback."""
    return {
        "DJANGO_ALLOWED_HOSTS": ",".join([*hosts, "localhost", HOST]),
        "DJANGO_DEBUG": "0",
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
    }


def require_admitted(host: str, port: int) -> None:
    """Raise TutorialError unless the project answers under this name."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request("GET", "/", headers={"Host": f"{host}:{port}"})
        if connection.getresponse().status != http.HTTPStatus.BAD_REQUEST:
            return
    finally:
        connection.close()
    raise TutorialError(
        "Other devices are refused: have config/settings.py take ALLOWED_HOSTS from "
        "the variable DJANGO_ALLOWED_HOSTS, as in the checkpoints, or leave out "
        "--network."
    )


def show(hosts: list[str], port: int, path: str) -> None:
    """Print the address for other devices, with a QR code, and what is open to them."""
    import segno

    address = f"http://{hosts[0]}:{port}{path}"
    print(f"  {'On a phone:':<20}{address}\n")
    segno.make(address, micro=False).terminal(out=sys.stdout, compact=True)
    print(
        "Everybody in your network can use the project now, unless a firewall keeps "
        f"port {port} closed: it\nlistens on {', '.join(hosts)} until you press "
        "Ctrl-C, without encryption. The tutorial and everything else stay on this "
        "computer.\n",
        flush=True,
    )
