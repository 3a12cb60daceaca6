"""Every Redis that refuses: how to make one, and the host and prefix to ask it with."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from redis import Redis as Connection

from tests.examples.redis_setups.asking import Host
from tests.support.commands import wait_until
from tests.support.ports import free_port
from tests.support.programs import Programs
from tests.support.running import Redis


def command(redis: Redis, *words: str | int) -> Any:
    """What a Redis answers to a command."""
    with Connection(port=redis.port) as connection:
        return connection.execute_command(*words)


def at(redis: Redis, before: str = "", after: str = "") -> Host:
    return {"address": f"redis://{before}127.0.0.1:{redis.port}{after}"}


def cluster_node(programs: Programs, bus: int) -> Redis:
    """A Redis in cluster mode, which has no slots yet. The others reach it at `bus`."""
    port = free_port()
    return programs.redis(
        *("--cluster-enabled", "yes", "--cluster-port", str(bus)),
        *("--cluster-config-file", str(programs.folder / f"nodes-{port}.conf")),
        port=port,
    )


def is_in_cluster(node: Redis) -> bool:
    return b"cluster_state:ok" in command(node, "CLUSTER", "INFO")


def wait_for_cluster(*nodes: Redis) -> None:
    for node in nodes:
        wait_until(partial(is_in_cluster, node), "the cluster does not come up")


def cluster_of_one(programs: Programs) -> Redis:
    node = cluster_node(programs, free_port())
    command(node, "CLUSTER", "ADDSLOTSRANGE", 0, 16383)
    wait_for_cluster(node)
    return node


def cluster_of_two(programs: Programs) -> tuple[Redis, Redis]:
    bus = free_port()
    one, two = cluster_node(programs, free_port()), cluster_node(programs, bus)
    command(one, "CLUSTER", "ADDSLOTSRANGE", 0, 8191)
    command(two, "CLUSTER", "ADDSLOTSRANGE", 8192, 16383)
    command(one, "CLUSTER", "MEET", "127.0.0.1", two.port, bus)
    wait_for_cluster(one, two)
    return one, two


def with_tls(programs: Programs, certificate: Path) -> int:
    """The port at which a Redis speaks TLS."""
    port = free_port()
    programs.redis(
        *("--tls-port", str(port), "--tls-auth-clients", "no"),
        *("--tls-cert-file", str(certificate)),
        *("--tls-key-file", str(certificate.with_name("key.pem"))),
        *("--tls-ca-cert-file", str(certificate)),
    )
    return port


def with_user(*rights: str) -> Callable[[Programs], Host]:
    def make(programs: Programs) -> Host:
        redis = programs.redis()
        command(redis, "ACL", "SETUSER", "chat", "on", ">secret", *rights)
        return at(redis, "chat:secret@")

    return make


def without(name: str) -> Callable[[Programs], Host]:
    """A Redis that is too old to know a command."""
    return lambda programs: at(programs.redis(f'--rename-command {name} ""'))


def full(programs: Programs) -> Host:
    return at(programs.redis("--maxmemory", "1"))


def that_cannot_save(programs: Programs) -> Host:
    folder = programs.folder / f"gone-{free_port()}"
    folder.mkdir()
    redis = programs.redis("--save", "3600 1", "--dir", str(folder))
    shutil.rmtree(folder)
    command(redis, "BGSAVE")
    wait_until(
        lambda: (
            command(redis, "INFO", "persistence")["rdb_last_bgsave_status"] == "err"
        ),
        "Redis can save",
    )
    return at(redis)


def replica(programs: Programs) -> Host:
    master = programs.redis()
    return at(programs.redis("--replicaof", "127.0.0.1", str(master.port)))


def that_has_enough(programs: Programs) -> Host:
    redis = programs.redis("--maxclients", "1")
    cli = ("redis-cli", "-p", str(redis.port), "subscribe", "news")
    programs.start(*cli, until="subscribe")
    return at(redis)


def sentinel(programs: Programs, master: Redis, text: str) -> int:
    """The port of a Sentinel that watches a master, with the page's configuration."""
    port = free_port()
    for shown, real in {"26379": port, " 6379": f" {master.port}"}.items():
        assert shown in text
        text = text.replace(shown, str(real))
    file = programs.folder / f"sentinel-{port}.conf"
    file.write_text(text, encoding="utf-8")
    programs.start("redis-server", str(file), "--sentinel", until="+monitor")
    return port
