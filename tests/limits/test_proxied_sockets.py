"""WebSockets through the proxy of docker-compose.yml, nginx, to three servers."""

import asyncio
import re
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
from daphne.cli import CommandLineInterface
from websockets.exceptions import InvalidStatus

from tests.limits.programs import IN_TURNS, STICKY, TEMPLATE, Programs, served
from tests.support.clients import (
    enter,
    open_socket,
    receive,
    say,
    url_of,
)
from tests.support.running import Server

pytestmark = pytest.mark.covers("G18")


@dataclass
class Site:
    """Three servers, and the addresses of two proxies in front of them."""

    servers: dict[str, Server]
    in_turns: str
    sticky: str

    def served(self) -> list[int]:
        """How many clients each server has let in so far."""
        return [served(server) for server in self.servers.values()]


@pytest.fixture(scope="module")
def site(programs: Programs) -> Site:
    url = programs.redis().url
    for _ in range(2):
        programs.worker(url)
    servers = programs.servers(3, url)
    proxies = (programs.proxy(list(servers), it)[1] for it in (IN_TURNS, STICKY))
    return Site(servers, *proxies)


async def test_rooms_and_workers_span_the_servers(site: Site) -> None:
    served = site.served()
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(enter(site.in_turns, "span", name))
            for name in ["alice", "bob", "carol"]
        ]
        assert [n - m for n, m in zip(site.served(), served, strict=True)] == [1, 1, 1]

        alice, bob, carol = clients
        await say(alice, "hello")
        for listener in [bob, carol]:
            heard = await receive(listener, "new_chat_message")
            assert (heard["name"], heard["message"]) == ("alice", "hello")

        for client in clients:
            await say(client, "/roll 1d1")
        for client in clients:
            rolls = [await receive(client, "dice_rolled") for _ in clients]
            assert {roll["name"] for roll in rolls} == {"alice", "bob", "carol"}


@pytest.mark.parametrize(
    "header", ["proxy_set_header Upgrade", "proxy_set_header Connection"]
)
async def test_each_header_for_websockets_is_needed(
    programs: Programs, site: Site, header: str
) -> None:
    _, proxy = programs.proxy(list(site.servers), **{header: '""'})

    with pytest.raises(InvalidStatus):
        await open_socket(url_of(proxy))


async def test_a_sticky_proxy_sends_an_address_to_the_same_server(site: Site) -> None:
    served = site.served()

    for _ in range(6):
        async with enter(site.sticky, local_addr=("127.0.7.1", 0)):
            pass

    news = [n - m for n, m in zip(site.served(), served, strict=True)]
    assert sorted(news) == [0, 0, 6]


async def test_a_server_sees_the_address_of_the_client(site: Site) -> None:
    """And not what the client claims."""
    async with enter(
        site.in_turns,
        "addresses",
        local_addr=("127.0.9.9", 0),
        additional_headers={"X-Forwarded-For": "192.0.2.66"},
    ):
        pass

    logs = "".join(server.output for server in site.servers.values())
    assert re.search(r"127\.0\.9\.9:\d+ .*WSCONNECT /ws/chat/addresses/", logs)
    assert "192.0.2.66" not in logs


@pytest.mark.parametrize(
    ("origin", "passes"),
    [
        ("http://localhost:8080", True),
        ("http://elsewhere.example", False),
        ("null", False),
        (None, False),
    ],
)
async def test_the_origin_is_checked_behind_the_proxy(
    site: Site, origin: str | None, passes: bool
) -> None:
    if passes:
        async with enter(site.in_turns, origin=origin):
            pass
    else:
        with pytest.raises(InvalidStatus, match="HTTP 403"):
            await open_socket(url_of(site.in_turns), origin=origin)


async def test_the_proxy_waits_longer_than_the_server_does_between_its_pings() -> None:
    [seconds] = re.findall(r"proxy_read_timeout (\d+)s;", TEMPLATE.read_text())

    # Daphne looks every 2 s which connections have been quiet for so long.
    assert int(seconds) >= 2 * (
        CommandLineInterface().parser.get_default("ping_interval") + 2
    )


@pytest.mark.timed
async def test_pings_of_the_server_keep_a_quiet_connection(programs: Programs) -> None:
    """Faster than in earnest, where Daphne pings after 20 s and nginx waits for 60."""

    async def is_open_after_seconds(address: str) -> bool:
        _, proxy = programs.proxy([address], proxy_read_timeout="4s")
        async with enter(proxy) as socket:
            closing = asyncio.create_task(socket.wait_closed())
            await asyncio.wait([closing], timeout=8)
            return not closing.done()

    pings = programs.server("", "--ping-interval", "1").address
    is_silent = programs.server("", "--ping-interval", "600").address
    is_kept, other_is_kept = await asyncio.gather(
        is_open_after_seconds(pings), is_open_after_seconds(is_silent)
    )
    assert is_kept
    assert not other_is_kept
