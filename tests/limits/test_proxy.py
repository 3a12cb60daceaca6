"""The proxy of docker-compose.yml, nginx: which requests it serves."""

import asyncio
import http.client
import re
from contextlib import suppress
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from websockets.exceptions import InvalidStatus

from tests.examples.server import EXAMPLES
from tests.limits.programs import Programs
from tests.support.clients import (
    open_socket,
    url_of,
    wait_until_answered,
)
from tests.support.running import Server

pytestmark = pytest.mark.covers("G18")


@pytest.fixture(scope="module")
def server(programs: Programs) -> Server:
    programs.collect_static()
    return programs.server()


@pytest.fixture(scope="module")
def proxy(programs: Programs, server: Server) -> str:
    """The address of an nginx in front of it."""
    return programs.proxy([server.address])[1]


async def get(url: str, **headers: str) -> tuple[int, str]:
    """The status and the text that a browser gets."""

    def fetch() -> tuple[int, str]:
        try:
            request = Request(url, headers=headers)
            with build_opener(ProxyHandler({})).open(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, ""

    return await asyncio.to_thread(fetch)


async def test_the_proxy_serves_scripts_and_styles_and_the_servers_do_not(
    proxy: str, server: Server
) -> None:
    status, page = await get(f"http://{proxy}/chat/")
    assert status == 200
    files = re.findall(r'"(/static/[^"]+)"', page)
    assert len(files) >= 2

    for file in files:
        status, text = await get(f"http://{proxy}{file}")
        assert (status, len(text) > 100) == (200, True)
        assert (await get(f"http://{server.address}{file}"))[0] == 404


async def test_a_body_that_no_page_takes_is_refused(proxy: str) -> None:
    host, port = proxy.split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=30)
    connection.request("POST", "/chat/", b"x" * 20_000)

    assert (await asyncio.to_thread(connection.getresponse)).status == 413


async def test_a_server_without_the_proxy_takes_any_body(server: Server) -> None:
    host, port = server.address.split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    connection.request("POST", "/chat/", b"x" * 20_000_000)

    # Django's answer, once Daphne has taken all of it: it has no token against CSRF.
    assert (await asyncio.to_thread(connection.getresponse)).status == 403


async def test_a_request_that_comes_slowly_is_ended(
    programs: Programs, server: Server
) -> None:
    _, proxy = programs.proxy([server.address], client_header_timeout="1s")
    host, port = proxy.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /chat/ HTTP/1.1\r\nHost: localhost\r\n")

    async with asyncio.timeout(30):
        # Nginx ends it although the client sends a byte now and then.
        while not reader.at_eof():
            with suppress(ConnectionError):
                writer.write(b"x")
                await writer.drain()
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(1), 0.2)
    writer.close()


@pytest.mark.parametrize("host", ["localhost", "elsewhere.example"])
async def test_only_hosts_of_the_chat_are_answered(proxy: str, host: str) -> None:
    status, _ = await get(f"http://{proxy}/chat/", Host=host)

    assert status == (200 if host == "localhost" else 400)


async def test_the_site_works_below_a_path(programs: Programs) -> None:
    server = programs.server(DJANGO_SCRIPT_NAME="/course")
    programs.collect_static()
    _, proxy = programs.proxy([server.address], prefix="/course")

    status, page = await get(f"http://{proxy}/course/chat/")
    assert status == 200
    paths = re.findall(r'(?:src|href)="(/[^"]+)"', page)
    assert len(paths) >= 5
    for path in paths:
        assert path.startswith("/course/")
        assert (await get(f"http://{proxy}{path}"))[0] == 200

    url = f"ws://{proxy}/course/ws/chat/lobby/"
    async with open_socket(url) as socket:
        await wait_until_answered(socket)
    for path in ["/course/ws/nowhere/", "/ws/nowhere/", "/coursews/chat/lobby/"]:
        with pytest.raises(InvalidStatus, match="HTTP 403"):
            await open_socket(f"ws://{proxy}{path}")
    assert (await get(f"http://{proxy}/course/nowhere/"))[0] == 404
    assert "Traceback" not in server.output


# What a tunnel, or a workspace in the cloud, makes of a request to localhost.
FORWARDED = {
    "Host": "localhost",
    "X-Forwarded-Host": "chat-8000.tunnel.example",
    "X-Forwarded-Proto": "https",
}


@pytest.mark.parametrize("passes", [False, True])
async def test_a_tunnel_needs_its_name_among_the_hosts(
    programs: Programs, passes: bool
) -> None:
    [line] = (EXAMPLES / "servers/tunnel.env").read_text().splitlines()
    name, hosts = line.split("=")
    server = programs.server(**{name: hosts if passes else "localhost"})
    _, proxy = programs.proxy([server.address])
    assert (await get(f"http://{proxy}/chat/", **FORWARDED))[0] == 200
    # Daphne's --proxy-headers knows that the client speaks TLS with the tunnel.
    _, schema = await get(f"http://{proxy}/asyncapi/schema/", **FORWARDED)
    assert '"protocol": "wss"' in schema

    origin = "https://chat-8000.tunnel.example"
    opening = open_socket(url_of(proxy), origin=origin)
    if passes:
        async with opening as socket:
            await wait_until_answered(socket)
    else:
        with pytest.raises(InvalidStatus, match="HTTP 403"):
            await opening
