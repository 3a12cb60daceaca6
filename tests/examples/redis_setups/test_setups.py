"""The ways to have a Redis that the page shows, and a real Redis for each."""

import asyncio
import re
import runpy
from pathlib import Path

import pytest
from redis import Redis as Connection
from websockets.sync.client import ClientConnection

from tests.examples.conftest import ServeExample
from tests.examples.facts import rows_of
from tests.examples.redis_setups import refusing
from tests.examples.redis_setups.asking import LAYERS, Host, outcome, send_to_group
from tests.examples.server import EXAMPLES, Examples
from tests.support.commands import wait_until

pytestmark = pytest.mark.covers("G19")

SECONDS = 30
PASSWORD = "xyzzy#p/u?g[h@1:%"


def host_in(file: str) -> Host:
    """The host that a file of the page has in this test's environment."""
    host: Host = runpy.run_path(str(EXAMPLES / file))["HOST"]
    return host


async def outcomes(host: Host, prefix: str = "chat") -> set[str]:
    return {await outcome(host, kind, prefix) for kind in LAYERS}


async def test_a_password_with_every_special_character(
    examples: Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis = examples.redis("--requirepass", PASSWORD)
    monkeypatch.setenv("REDIS_PASSWORD", PASSWORD)
    monkeypatch.setenv("REDIS_PLACE", f"127.0.0.1:{redis.port}/0")

    host = host_in("redis_setups/password.py")

    assert "%23" in host["address"]
    assert await outcomes(host) == {"arrives"}


async def test_a_certificate_of_ones_own(
    examples: Examples, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = refusing.with_tls(examples, certificate)
    monkeypatch.setenv("REDIS_URL", f"rediss://localhost:{port}")
    monkeypatch.setenv("REDIS_CA", str(certificate))

    host = host_in("redis_setups/tls.py")
    assert await outcomes(host) == {"arrives"}
    [said] = await outcomes({**host, "address": f"rediss://127.0.0.1:{port}"})
    assert "IP address mismatch, certificate is not valid for '127.0.0.1'" in said


async def test_these_rights_are_enough(examples: Examples) -> None:
    redis = examples.redis("--aclfile", str(EXAMPLES / "redis_setups/users.acl"))
    host = refusing.at(redis, "chat:secret@")

    assert await outcomes(host) == {"arrives"}
    refusals = " ".join(sorted(await outcomes(host, "other")))
    # In the words of Redis 7, and of Redis 8.
    assert re.fullmatch(".*permissions.* channel.*permissions.* key.*", refusals)


def test_both_layers_survive_the_death_of_the_master(
    examples: Examples, serve_example: ServeExample, monkeypatch: pytest.MonkeyPatch
) -> None:
    master = examples.redis()
    examples.redis("--replicaof", "127.0.0.1", str(master.port))
    text = (EXAMPLES / "redis_setups/sentinel.conf").read_text(encoding="utf-8")
    port = refusing.sentinel(examples, master, text.replace("5000", "500"))
    environment = {"SETUP": "sentinel", "SENTINELS": f"127.0.0.1:{port}"}
    one = serve_example("redis_setups/news.py", **environment, NUMBER="1")
    two = serve_example("redis_setups/news.py", **environment, NUMBER="2")
    with (
        Connection(port=port) as sentinel,
        one.connect("/ws/news/") as alice,
        two.connect("/ws/news/") as bob,
    ):
        alice.send("before")
        assert {alice.recv(SECONDS), bob.recv(SECONDS)} == {"before"}
        wait_until(
            lambda: has_replica(sentinel.sentinel_slaves("chat")),
            "Sentinel knows no replica that follows",
        )

        master.kill()
        alice.send("during")
        assert alice.recv(SECONDS) == "Redis is away. Send it again in a moment."
        wait_until(lambda: is_heard(alice, bob), "nobody hears after the failover")

    monkeypatch.setenv("SENTINELS", f"127.0.0.1:{port}")
    host = host_in("redis_setups/sentinel.py")
    assert asyncio.run(outcome(host, "queue")) == "arrives"


def has_replica(found: list[dict[str, str]]) -> bool:
    return any(replica["master-link-status"] == "ok" for replica in found)


def is_heard(speaker: ClientConnection, listener: ClientConnection) -> bool:
    speaker.send("after")
    try:
        return listener.recv(0.5) == "after"
    except TimeoutError:
        return False


def test_a_database_number_does_not_separate_broadcasts(
    examples: Examples, serve_example: ServeExample
) -> None:
    redis = examples.redis()
    place = f"127.0.0.1:{redis.port}"
    example = "redis_setups/news.py"
    chat = serve_example(example, REDIS_PLACE=f"{place}/0")
    shop = serve_example(example, REDIS_PLACE=f"{place}/1")
    apart = serve_example(example, REDIS_PLACE=f"{place}/0", PREFIX="shop")
    path = "/ws/news/"
    with (
        chat.connect(path) as alice,
        shop.connect(path) as bob,
        apart.connect(path) as carol,
    ):
        alice.send("for the chat")
        assert bob.recv(SECONDS) == "for the chat"
        carol.send("for the shop")
        assert carol.recv(SECONDS) == "for the shop"
        assert alice.recv(SECONDS) == "for the chat"
        alice.send(b"bytes")
        alice.send("x" * 1001)
        assert alice.recv(SECONDS) == "x" * 1000


async def test_in_a_cluster(examples: Examples) -> None:
    one, two = refusing.cluster_of_two(examples)
    tagged = {
        node: {
            kind: await outcome(refusing.at(node), kind, "{chat}") for kind in LAYERS
        }
        for node in (one, two)
    }
    # Which node has the prefix is a matter of its name.
    assert tagged[one]["queue"].startswith("14028 ")
    seen = {
        "a message to a group": {
            kind: await outcome(refusing.at(one), kind) for kind in LAYERS
        },
        "the same, sent through another node": {
            "pub/sub": await across(refusing.at(one), refusing.at(two)),
            "queue": await outcome(refusing.at(two), "queue"),
        },
        "the prefix {chat}, at the node that has it": tagged[two],
        "the prefix {chat}, at another node": tagged[one],
    }

    assert [
        (row["In a cluster"], row["Pub/sub"], row["Queue"])
        for row in rows_of("redis_setups/cluster.csv")
    ] == [
        (what, said["pub/sub"], "arrives" if said["queue"] == "arrives" else "fails")
        for what, said in seen.items()
    ]


async def across(host: Host, other: Host) -> str:
    layers = [LAYERS["pub/sub"](hosts=[at]) for at in (host, other)]
    await send_to_group(*layers)
    return "arrives"
