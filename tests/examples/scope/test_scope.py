import json
import re

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.examples.conftest import RunExample, ServeExample
from tests.examples.facts import Row, facts, rows_of
from tests.examples.server import Server

pytestmark = pytest.mark.covers("G5")

PATH = "/ws/users/lobby/?x=1"


def scope_of(server: Server, path: str) -> dict[str, str]:
    with server.connect(path) as socket:
        scope: dict[str, str] = json.loads(socket.recv())
        return scope


def keys_put_there_by(*layers: str) -> set[str]:
    rows = rows_of("scope/keys.csv")
    return {row["Key"] for row in rows if row["Put there by"] in layers}


def test_the_server_gives_these_keys(serve_example: ServeExample) -> None:
    scope = scope_of(serve_example("scope/bare.py"), "/anything/")

    assert scope.keys() == keys_put_there_by("the server")


def test_the_router_adds_its_keys(serve_example: ServeExample) -> None:
    scope = scope_of(serve_example("scope/tell.py"), "/ws/plain/lobby/")

    assert scope.keys() == keys_put_there_by("the server", "URLRouter")


@pytest.mark.covers("G5", "C3")
def test_only_the_middleware_adds_the_user(serve_example: ServeExample) -> None:
    server = serve_example("scope/tell.py")

    assert "user" not in scope_of(server, "/ws/plain/lobby/")
    with_users = scope_of(server, PATH).keys()
    assert with_users == {row["Key"] for row in rows_of("scope/keys.csv")}


@pytest.mark.parametrize("row", facts("scope/keys.csv"))
def test_a_key_holds(row: Row, serve_example: ServeExample) -> None:
    value = scope_of(serve_example("scope/tell.py"), PATH)[row["Key"]]

    expected = row["Its value here"]
    if expected == "a lazy object":
        assert "LazyObject" in value
    else:
        shown = expected.removeprefix("a list of pairs, ")
        assert re.fullmatch(re.escape(shown).replace("…", ".+"), value), value


def test_headers_are_bytes_in_small_letters(serve_example: ServeExample) -> None:
    headers = scope_of(serve_example("scope/tell.py"), PATH)["headers"]

    assert "(b'sec-websocket-version', b'13')" in headers


@pytest.mark.parametrize("row", facts("scope/queries.csv"))
def test_a_query_string_becomes(row: Row, serve_example: ServeExample) -> None:
    server = serve_example("scope/queries.py")

    with server.connect(f"/ws/query/?{row['After the question mark']}") as socket:
        assert str(json.loads(socket.recv())) == row["It gives"]


def test_bytes_that_are_not_ascii_do_not_reach_a_consumer(
    serve_example: ServeExample,
) -> None:
    server = serve_example("scope/queries.py")
    head = server.send_request(
        b"GET /ws/query/?name=\xff HTTP/1.1\r\nHost: localhost\r\n"
        b"Origin: http://localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"Sec-WebSocket-Version: 13\r\n\r\n"
    )

    assert head.startswith(b"HTTP/1.1 400 ")
    assert "Traceback" not in server.output


def test_a_page_number_is_read(serve_example: ServeExample) -> None:
    server = serve_example("scope/queries.py")

    for query, following in ("?page=3", 4), ("", 2), ("?page=3&page=5", 6):
        with server.connect(f"/ws/page/{query}") as socket:
            assert json.loads(socket.recv()) == {"next": following}


@pytest.mark.parametrize("page", ["three", "-1", "٣", "9" * 5000])
def test_what_is_no_page_number_is_refused(
    page: str, serve_example: ServeExample
) -> None:
    with serve_example("scope/queries.py").connect(f"/ws/page/?page={page}") as socket:
        assert json.loads(socket.recv()) == {"error": "Give a page of 1 to 6 digits."}
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv()
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 4000


def test_a_middleware_adds_a_key(serve_example: ServeExample) -> None:
    server = serve_example("scope/language.py")

    for wished, greeting in ("el-GR,el", "Γεια σου!"), ("xx", "Hello!"), ("", "Hello!"):
        headers = {"Accept-Language": wished}
        with server.connect("/ws/greeting/", additional_headers=headers) as socket:
            assert socket.recv() == greeting


def test_a_header_that_comes_twice_is_one(serve_example: ServeExample) -> None:
    headers = [("Accept-Language", "fr"), ("Accept-Language", "el")]
    server = serve_example("scope/tell.py")

    with server.connect(PATH, additional_headers=headers) as socket:
        scope = json.loads(socket.recv())
    assert "(b'accept-language', b'fr,el')" in scope["headers"]


def test_without_the_middleware_the_consumer_fails(
    serve_example: ServeExample,
) -> None:
    server = serve_example("scope/mistakes.py")

    with pytest.raises(InvalidStatus, match="500"):
        server.connect("/ws/members/")
    server.wait_for_output("KeyError: 'user'")


def test_a_made_up_session_is_nobody(
    serve_example: ServeExample, run_example: RunExample
) -> None:
    assert run_example("scope/members.py", "migrate", "--run-syncdb").returncode == 0
    server = serve_example("scope/members.py")

    headers = {"Cookie": "sessionid=made-up"}
    with (
        server.connect("/ws/members/", additional_headers=headers) as socket,
        pytest.raises(ConnectionClosed) as closed,
    ):
        socket.recv()
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 4401
