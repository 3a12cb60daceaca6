import inspect
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer
from channels_redis.core import RedisChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer
from redis import Redis
from redis.asyncio import SSLConnection
from websockets.exceptions import ConnectionClosed

from course.chapters import ROOT
from tests.examples.conftest import ServeExample
from tests.examples.facts import Row, facts, rows_of
from tests.examples.shell import assert_session_in_shell

pytestmark = pytest.mark.covers("G8")

LAYERS: dict[str, list[type]] = {
    "In memory": [InMemoryChannelLayer],
    "Queue": [RedisChannelLayer],
    # The first one hands what it gets to the second, one for each event loop.
    "Pub/sub": [RedisPubSubChannelLayer, RedisPubSubLoopLayer],
}
# What the first class hands to the second.
INTERNAL = {"channel_layer"}


def options_of(kind: str) -> dict[str, Any]:
    return {
        parameter.name: parameter.default
        for layer in LAYERS[kind]
        for parameter in inspect.signature(layer).parameters.values()
        if parameter.name not in INTERNAL
        and parameter.kind in {parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY}
    }


@pytest.mark.parametrize("kind", LAYERS)
def test_every_option_is_listed(kind: str) -> None:
    rows = rows_of("layers/options.csv")

    assert {row["Option"] for row in rows if row[kind]} == options_of(kind).keys()


@pytest.mark.parametrize("row", facts("layers/options.csv"))
def test_an_option_has_this_default(row: Row) -> None:
    for kind in LAYERS:
        if row[kind]:
            assert repr(options_of(kind)[row["Option"]]) == row[kind]


def test_without_hosts_it_is_the_redis_of_this_computer() -> None:
    address = {"address": "redis://localhost:6379"}

    assert RedisChannelLayer().hosts == [address]
    [shard] = RedisPubSubLoopLayer(channel_layer=None)._shards
    assert shard.host == address


def test_a_host_is_a_url() -> None:
    page = (ROOT / "docs/guide/layers.rst").read_text(encoding="utf-8")
    url = "rediss://chat:secret@redis.example:6380/2"
    assert f"``{url}``" in page

    pool = RedisChannelLayer(hosts=[url]).create_pool(0)

    assert issubclass(pool.connection_class, SSLConnection)
    parts = ["username", "password", "host", "port", "db"]
    assert [pool.connection_kwargs[part] for part in parts] == [
        "chat",
        "secret",
        "redis.example",
        6380,
        2,
    ]


def test_the_session_in_the_shell() -> None:
    assert_session_in_shell("layers/shell.txt", "layers.notices")


def test_two_servers_share_what_is_posted(
    serve_example: ServeExample, redis_url: str
) -> None:
    one = serve_example("layers/notices.py", LAYER_URL=redis_url, NUMBER="1")
    two = serve_example("layers/notices.py", LAYER_URL=redis_url, NUMBER="2")

    with one.connect("/ws/notices/") as alice, two.connect("/ws/notices/") as bob:
        alice.send("hello")
        assert bob.recv(timeout=10) == "hello"
        assert alice.recv(timeout=10) == "hello"
        bob.send("x" * 5000)
        assert alice.recv(timeout=10) == "x" * 1000


def test_names_have_the_prefix_and_messages_are_secret(
    serve_example: ServeExample, redis_url: str
) -> None:
    server = serve_example("layers/notices.py", LAYER_URL=redis_url, NUMBER="1")

    with Redis.from_url(redis_url) as redis, redis.monitor() as monitor:
        with server.connect("/ws/notices/") as alice:
            alice.send("meet me at noon")
            assert alice.recv(timeout=10) == "meet me at noon"
        commands = monitor.listen()
        published = next(
            command["command"]
            for command in commands
            if command["command"].startswith("PUBLISH")
        )
    assert published.startswith("PUBLISH notices__group__notices ")
    assert "noon" not in published


def test_another_key_does_not_read_it(
    serve_example: ServeExample, redis_url: str
) -> None:
    one = serve_example("layers/notices.py", LAYER_URL=redis_url, NUMBER="1")
    other = serve_example("layers/notices.py", LAYER_URL=redis_url, LAYER_KEY="other")

    with one.connect("/ws/notices/") as alice, other.connect("/ws/notices/") as eve:
        alice.send("meet me at noon")
        assert alice.recv(timeout=10) == "meet me at noon"
        # It is an error to its server, which closes.
        with pytest.raises(ConnectionClosed):
            eve.recv(timeout=300)
        assert eve.close_code == 1011
    other.wait_for_output("cryptography.fernet.InvalidToken")
