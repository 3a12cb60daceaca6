"""Long texts, which a consumer compresses itself."""

import json
import runpy
import tracemalloc
import zlib

import pytest
from playwright.sync_api import Page

from tests.examples.server import EXAMPLES, Server

pytestmark = pytest.mark.covers("G12")


LONG = json.dumps([{"name": "alice", "text": f"message {n}"} for n in range(1000)])
# A hundred million of one letter, in about 100 kilobytes.
BOMB = zlib.compress(b"x" * 100_000_000, 1)


@pytest.mark.parametrize("packed", [True, False])
def test_long_texts_arrive_compressed(packed: bool, server: Server) -> None:
    with server.connect("/ws/board/") as alice, server.connect("/ws/board/") as bob:
        alice.send(zlib.compress(LONG.encode()) if packed else LONG)
        alice.send(zlib.compress(b"short") if packed else "short")
        for client in alice, bob:
            data = client.recv(timeout=10)
            assert isinstance(data, bytes)
            assert len(data) < len(LONG) / 5
            assert zlib.decompress(data).decode() == LONG
            assert client.recv(timeout=10) == "short"


@pytest.mark.parametrize(
    ("frame", "answer"),
    [
        (b"not compressed", "code 4003"),
        (zlib.compress(LONG.encode())[:-1], "code 4003"),
        (zlib.compress(b"\xff"), "code 4003"),
        ("x" * 500_001, "code 4009"),
        (zlib.compress(b"x" * 500_001), "code 4009"),
        (BOMB, "code 4009"),
    ],
    ids=["other bytes", "cut", "no text", "too long", "too long inside", "a bomb"],
)
def test_what_the_board_sends_away(
    frame: str | bytes, answer: str, server: Server
) -> None:
    assert server.ask("/ws/board/", frame) == answer


def test_a_bomb_takes_no_memory() -> None:
    board = runpy.run_path(str(EXAMPLES / "performance/board.py"))
    tracemalloc.start()
    with pytest.raises(board["TooLong"]):
        board["inflate"](BOMB)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 3 * board["LONGEST"]


def test_up_to_the_limit_a_text_passes(server: Server) -> None:
    with server.connect("/ws/board/") as client:
        for text in "x" * 999, "x" * 500_000:
            client.send(zlib.compress(text.encode()))
            data = client.recv(timeout=10)
            inflated = data if isinstance(data, str) else zlib.decompress(data).decode()
            assert inflated == text


IN_A_BROWSER = """
async () => {
  const { deflate, listen } = await import("/static/performance/board.js");
  const socket = new WebSocket(`ws://${location.host}/ws/board/`);
  await new Promise((resolve) => { socket.onopen = resolve; });
  const long = "long and longer ".repeat(10000);
  const texts = [long, "short", "über ".repeat(1000), "again"];
  const heard = [];
  const all = new Promise((resolve) => listen(socket, (text) => {
    heard.push(text);
    if (heard.length === texts.length) resolve();
  }));
  const packed = await deflate(long);
  socket.send(packed);
  for (const text of texts.slice(1)) socket.send(text);
  await all;
  const same = JSON.stringify(heard) === JSON.stringify(texts);
  return [packed.size < long.length / 50, same];
}
"""


def test_a_browser_packs_and_unpacks(page: Page, server: Server) -> None:
    page.goto(f"{server.origin}/static/chat/console.js")

    assert page.evaluate(IN_A_BROWSER) == [True, True]
