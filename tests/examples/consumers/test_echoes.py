import inspect
import itertools
from importlib import import_module

import pytest
from channels.consumer import AsyncConsumer, SyncConsumer

from tests.examples.conftest import ServeExample
from tests.examples.facts import Row, facts, rows_of
from tests.examples.server import at_once

pytestmark = pytest.mark.covers("G3")

CLASSES = {
    "Text and bytes": ["AsyncWebsocketConsumer", "WebsocketConsumer"],
    "JSON": ["AsyncJsonWebsocketConsumer", "JsonWebsocketConsumer"],
    "Low level": ["AsyncConsumer", "SyncConsumer"],
}
IN_WORDS: dict[str, str | bytes] = {"the bytes 00 ff": b"\x00\xff", "an empty text": ""}
# Sent after the rest, and itself JSON: what comes back first tells whether that did.
PROBE = '"nothing else"'


@pytest.fixture(scope="module")
def answers(serve_example: ServeExample) -> dict[str, str]:
    """What comes back for every kind of message from every class."""
    server = serve_example("consumers/echoes.py")

    def answer(question: str) -> str:
        name, message = question.split(" ", 1)
        frames = [IN_WORDS.get(message, message), PROBE]
        found = server.ask(f"/ws/{name}/", *frames)
        return {PROBE: "nothing", r"b'\x00\xff'": "the bytes 00 ff"}.get(found, found)

    messages = [row["The client sends"] for row in rows_of("consumers/echoes.csv")]
    names = itertools.chain(*CLASSES.values())
    return at_once(answer, map(" ".join, itertools.product(names, messages)))


@pytest.mark.parametrize("row", facts("consumers/echoes.csv"))
def test_what_comes_back(row: Row, answers: dict[str, str]) -> None:
    message = row["The client sends"]

    for column, names in CLASSES.items():
        for name in names:
            assert answers[f"{name} {message}"] == row[column], name


@pytest.mark.parametrize("row", facts("consumers/classes.csv"))
def test_a_class(row: Row) -> None:
    consumer = getattr(
        import_module(f"channels.{row['Module of channels']}"), row["Class"]
    )
    methods = [name for name in row["You write"].split(", ") if " " not in name]

    is_sync = issubclass(consumer, SyncConsumer)
    assert row["Its methods"] == ("def" if is_sync else "async def")
    for name in methods:
        assert inspect.iscoroutinefunction(getattr(consumer, name)) != is_sync
    assert ("JSON" in row["It understands"]) == hasattr(consumer, "receive_json")


def test_these_are_all_classes() -> None:
    modules = ["consumer", "generic.http", "generic.websocket"]
    rows = rows_of("consumers/classes.csv")

    assert {(row["Module of channels"], row["Class"]) for row in rows} == {
        (module, name)
        for module in modules
        for name, found in classes_in(f"channels.{module}").items()
        if issubclass(found, AsyncConsumer)
    }


def classes_in(module: str) -> dict[str, type]:
    """The classes that a module defines itself, by name."""
    return {
        name: found
        for name, found in inspect.getmembers(import_module(module), inspect.isclass)
        if found.__module__ == module
    }
