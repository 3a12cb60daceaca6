"""The table of what Redis says when it refuses: each is made to, and asked."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.examples.facts import Row, facts, rows_of
from tests.examples.redis_setups import refusing
from tests.examples.redis_setups.asking import LAYERS, Host, outcome
from tests.examples.redis_setups.refusing import at
from tests.examples.server import Examples
from tests.support.programs import Programs

pytestmark = pytest.mark.covers("G19")


def tls_in_plain(programs: Programs, certificate: Path) -> Host:
    return {"address": f"redis://localhost:{refusing.with_tls(programs, certificate)}"}


def untrusted(programs: Programs, certificate: Path) -> Host:
    return {"address": f"rediss://localhost:{refusing.with_tls(programs, certificate)}"}


def unknown_master(programs: Programs) -> Host:
    text = "port 26379\nbind 127.0.0.1\nsentinel monitor other 127.0.0.1 6379 1\n"
    port = refusing.sentinel(programs, programs.redis(), text)
    return {"sentinels": [("127.0.0.1", port)], "master_name": "chat"}


# By the first words of the row.
MADE: dict[str, Callable[..., Host]] = {
    "HELLO must be": lambda programs: at(programs.redis("--requirepass", "secret")),
    "invalid username": lambda programs: at(
        programs.redis("--requirepass", "a%23b"), ":a%23b@"
    ),
    "this user has no permissions to run": refusing.with_user(
        "~*", "&*", "+@all", "-publish"
    ),
    "this user has no permissions to access one of the channels": refusing.with_user(
        "~*", "resetchannels", "+@all"
    ),
    "this user has no permissions to access one of the keys": refusing.with_user(
        "&*", "+@all"
    ),
    "DB index": lambda programs: at(programs.redis(), after="/16"),
    "SELECT is not": lambda programs: at(refusing.cluster_of_one(programs), after="/1"),
    "Port could": lambda programs: at(programs.redis(), ":a#b@"),
    "Redis URL": lambda programs: {"address": f"127.0.0.1:{programs.redis().port}"},
    "unknown command 'HELLO'": refusing.without("HELLO"),
    "unknown command 'BZPOPMIN'": refusing.without("BZPOPMIN"),
    "certificate verify": untrusted,
    "Connection reset": tls_in_plain,
    "command not allowed": refusing.full,
    "MISCONF": refusing.that_cannot_save,
    "You can't write": refusing.replica,
    "max number": refusing.that_has_enough,
    "No master found": unknown_master,
    "Command …": lambda programs: at(refusing.cluster_of_two(programs)[0]),
    "Keys in request": lambda programs: at(refusing.cluster_of_one(programs)),
}


CERTIFIED = (untrusted, tls_in_plain)


def test_every_row_is_observed() -> None:
    says = [row["It says"] for row in rows_of("redis_setups/refusals.csv")]

    assert [text.startswith(start) for text, start in zip(says, MADE, strict=True)] == [
        True
    ] * len(says)


@pytest.mark.parametrize("row", facts("redis_setups/refusals.csv"))
async def test_it_says(row: Row, examples: Examples, certificate: Path) -> None:
    make = next(
        made for start, made in MADE.items() if row["It says"].startswith(start)
    )
    host = make(examples, certificate) if make in CERTIFIED else make(examples)

    said = {kind: await outcome(host, kind) for kind in LAYERS}

    # Redis 8 has other words for some.
    texts = row["It says"].split(", or: ")
    pattern = "|".join(re.escape(text).replace("…", ".*") for text in texts)
    refused = {kind for kind, words in said.items() if re.search(pattern, words)}
    assert refused == (set(LAYERS) if row["Layer"] == "both" else {row["Layer"]}), said
    assert {said[kind] for kind in LAYERS.keys() - refused} <= {"arrives"}, said


async def test_a_redis_without_hello_works_with_the_older_protocol(
    examples: Examples,
) -> None:
    host = refusing.without("HELLO")(examples)
    host["address"] += "?protocol=2"

    assert {await outcome(host, kind) for kind in LAYERS} == {"arrives"}
