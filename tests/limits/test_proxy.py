"""The proxy of docker-compose.yml, nginx, in front of three servers and two workers."""

import asyncio
import http.client
import json
import re
import time
from collections import defaultdict
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from daphne.cli import CommandLineInterface
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.examples.server import EXAMPLES
from tests.limits.programs import TEMPLATE, Programs
from tests.support.clients import (
    enter,
    open_socket,
    receive,
    say,
    url_of,
    wait_until_answered,
)
from tests.support.commands import until
from tests.support.programs import Program, Server

pytestmark = pytest.mark.covers("G18")

IN_TURNS = ""
STICKY = "ip_hash;"


@dataclass
class Site:
    servers: dict[str, Server] = field(default_factory=dict)
    workers: list[Program] = field(default_factory=list)
    # The addresses of two proxies in front of the same servers.
    in_turns: str = ""
    sticky: str = ""

    def served(self) -> list[int]:
        """How many clients each server has let in so far."""
        return [served(server) for server in self.servers.values()]


@pytest.fixture(scope="module")
def site(programs: Programs) -> Site:
    site = Site()
    url = programs.redis().url
    site.workers = [programs.worker(url) for _ in range(2)]
    site.servers = programs.servers(3, url)
    programs.collect_static()
    _, site.in_turns = programs.proxy(list(site.servers), IN_TURNS)
    _, site.sticky = programs.proxy(list(site.servers), STICKY)
    return site


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
    site: Site,
) -> None:
    status, page = await get(f"http://{site.in_turns}/chat/")
    assert status == 200
    files = re.findall(r'"(/static/[^"]+)"', page)
    assert len(files) >= 2

    for file in files:
        status, text = await get(f"http://{site.in_turns}{file}")
        assert (status, len(text) > 100) == (200, True)
        for address in site.servers:
            assert (await get(f"http://{address}{file}"))[0] == 404


async def test_a_body_that_no_page_takes_is_refused(site: Site) -> None:
    host, port = site.in_turns.split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=30)
    connection.request("POST", "/chat/", b"x" * 20_000)

    assert (await asyncio.to_thread(connection.getresponse)).status == 413


async def test_a_server_without_the_proxy_takes_any_body(programs: Programs) -> None:
    host, port = programs.server().address.split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    connection.request("POST", "/chat/", b"x" * 20_000_000)

    # Django's answer, once Daphne has taken all of it: no page of the chat has a form.
    assert (await asyncio.to_thread(connection.getresponse)).status == 405


async def test_a_request_that_comes_slowly_is_ended(
    programs: Programs, site: Site
) -> None:
    _, proxy = programs.proxy(list(site.servers), client_header_timeout="1s")
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
async def test_only_hosts_of_the_chat_are_answered(site: Site, host: str) -> None:
    status, _ = await get(f"http://{site.in_turns}/chat/", Host=host)

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


class Person:
    """Somebody in the room who says a number now and then, and notes what others say.

    Who loses the connection comes back, as the chat page does.
    """

    def __init__(self, proxy: str, number: int) -> None:
        self.name = f"person{number}"
        self.proxy = proxy
        self.local_address = (f"127.1.{number}.1", 0)
        self.said = 0
        self.heard: dict[str, list[int]] = defaultdict(list)
        self.slowest = 0.0
        self.seconds_away: float | None = None

    async def enter(self) -> None:
        url = url_of(self.proxy, "crowd", self.name)
        self.socket = await open_socket(url, local_addr=self.local_address)
        await wait_until_answered(self.socket)

    async def live(self) -> None:
        while True:
            try:
                await self.listen()
            except ConnectionClosed:
                assert self.seconds_away is None, f"{self.name} was thrown out twice"
                lost_at = time.monotonic()
                await self.enter()
                self.seconds_away = time.monotonic() - lost_at

    async def listen(self) -> None:
        while True:
            message = json.loads(await self.socket.recv())
            assert message["action"] != "error", message
            if message["action"] == "new_chat_message":
                number, said_at = message["payload"]["message"].split()
                self.heard[message["payload"]["name"]].append(int(number))
                self.slowest = max(self.slowest, time.monotonic() - float(said_at))

    async def speak(self) -> None:
        while True:
            with suppress(ConnectionClosed):
                await self.say_next()
            await asyncio.sleep(0.5)

    async def say_next(self) -> None:
        number, self.said = self.said, self.said + 1
        await say(self.socket, f"{number} {time.monotonic()}")


@pytest.mark.parametrize("balance", [IN_TURNS, STICKY])
async def test_a_server_is_killed_under_load(programs: Programs, balance: str) -> None:
    """Its clients come back, and nobody else notices."""
    url = programs.redis().url
    servers = programs.servers(3, url)
    _, proxy = programs.proxy(list(servers), balance)
    people = [Person(proxy, number) for number in range(24)]
    for person in people:
        await person.enter()
    victim = max(servers.values(), key=served)
    number_of_victims = served(victim)

    async with asyncio.TaskGroup() as tasks:
        lives = [tasks.create_task(person.live()) for person in people]
        talks = [tasks.create_task(person.speak()) for person in people]
        await all_talk(people)
        usual = max(person.slowest for person in people)
        victim.kill()
        await until(
            lambda: (
                sum(p.seconds_away is not None for p in people) == number_of_victims
            ),
            "the victims were not away",
        )
        await all_talk(people)

        for talk in talks:
            talk.cancel()
        for person in people:
            await person.say_next()
        # Everybody is in the room again, and hears everybody.
        last = {person.name: person.said - 1 for person in people}
        await until(
            lambda: all(
                person.heard[name][-1:] == [number]
                for person in people
                for name, number in last.items()
                if name != person.name
            ),
            "somebody was not heard",
        )
        for life in lives:
            life.cancel()

    unaffected = [person for person in people if person.seconds_away is None]
    assert len(unaffected) == len(people) - number_of_victims
    for listener in unaffected:
        assert listener.slowest < max(2, 10 * usual)
        for speaker in unaffected:
            if speaker != listener:
                assert listener.heard[speaker.name] == list(range(speaker.said))


async def all_talk(people: list[Person]) -> None:
    """Wait until everybody has said two things more."""
    goals = {person: person.said + 2 for person in people}
    await until(
        lambda: all(one.said >= goal for one, goal in goals.items()),
        "somebody did not speak",
    )


def served(server: Program) -> int:
    return server.output.count("WSCONNECT /")
