import ssl
from concurrent.futures import Future
from socket import create_connection

import pytest

from tests.examples.server import (
    Server,
)
from tests.examples.troubleshooting.errors import found_in, is_in
from tests.support.commands import wait_until

pytestmark = pytest.mark.covers("G16")


@found_in("In the server's log")
def test_the_log_has(name: str, server: Server, visits: Future[object]) -> None:
    visits.result(timeout=60)

    wait_until(lambda: is_in(name, server.output), f"{name} is not in the log")


def test_who_waits_at_a_redis_that_goes_is_closed(server: Server) -> None:
    assert server.ask("/ws/redis-gone/", "hello") == "code 1011"


def test_daphne_drops_warnings(server: Server) -> None:
    with server.connect("/ws/never-awaited/"):
        pass

    server.wait_for_output('"WSDISCONNECT /ws/never-awaited/"')
    assert "never awaited" not in server.output


def test_daphne_does_not_answer_who_speaks_tls(server: Server) -> None:
    connection = create_connection((server.host, server.port), timeout=0.5)

    with connection, pytest.raises(TimeoutError):
        ssl.create_default_context().wrap_socket(connection, server_hostname="test")


def test_a_name_that_is_no_mistake_is_refused(server: Server) -> None:
    assert server.ask("/ws/nobody/") == "status 403"
    server.wait_for_output('"WSREJECT /ws/nobody/"')
