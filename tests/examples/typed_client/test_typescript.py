"""The types and the room in TypeScript, with a real Node and a real compiler."""

import shutil
import subprocess
from pathlib import Path

import playwright
import pytest

from course.system_packages import require
from tests.examples.facts import rows_of
from tests.examples.server import EXAMPLES
from tests.examples.typed_client.conftest import Workplace
from tests.support.running import Server

pytestmark = pytest.mark.covers("G21")

# It comes with Playwright, and runs TypeScript as it is.
NODE = Path(playwright.__file__).parent / "driver" / "node"
RUN = [
    "browser/static/browser/live_socket.js",
    "typed_client/room.ts",
    "typed_client/lines.ts",
]
COMPILED = [
    "typed_client/package.json",
    "typed_client/tsconfig.json",
    "typed_client/types.js",
    "typed_client/room.ts",
    "typed_client/lines.ts",
]
EXCERPT = EXAMPLES / "typed_client/messages_excerpt.ts"

# Two people meet. What the first one sees is printed.
MEET = """
const [address, ...files] = process.argv.slice(2);
const [{ LiveSocket }, { Room }, { lineOf }] = await Promise.all(
  files.map((file) => import(file)),
);
const url = `ws://${address}/ws/chat/typescript/?username=`;
const headers = { Origin: `http://${address}` };
const Plain = WebSocket;
globalThis.WebSocket = class extends Plain {
  constructor(url) {
    super(url, { headers });
  }
};

let ben;
const ann = new Room(new LiveSocket(url + "Ann"), (message) => {
  console.log(lineOf(message));
  const payload = { message: "Hello", name: "Ben" };
  switch (message.action) {
    case "members":
      ben = new Room(new LiveSocket(url + "Ben"), () => {});
      break;
    case "user_joined":
      ben.send({ action: "new_chat_message", payload });
      break;
    default:
      stranger();
  }
});
ann.send({ action: "who_is_here" });

function stranger() {
  console.log([lineOf({ action: "of next year" })]);
  const [one, other] = ["123456", "123"].map((part) => `2026-01-01T00:00:00.${part}Z`);
  console.log(new Date(one) - new Date(other));
  new Plain(url + "Eve").onclose = ({ code }) => {
    console.log(code);
    process.exit();
  };
}
"""

WRONG = """
import type { ChatMessagePayload } from "./messages.ts";
import { Room } from "./room.ts";

export function wrong(room: Room, said: ChatMessagePayload) {
  room.send({ action: "new_chat_message", payload: { text: "Hello", name: "Ann" } });
  room.send({ action: "pong", payload: null });
  return said.seq + 1;
}
"""


def run(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300
    )


def test_two_people_meet(served: Server, tmp_path: Path) -> None:
    script = tmp_path / "meet.mjs"
    script.write_text(MEET, "utf-8")

    done = run(tmp_path, NODE, script, served.address, *map(EXAMPLES.joinpath, RUN))

    shown = ["Here: Ann", "Ben has come", "Ben: Hello"]
    # A message it does not know is no line; a Date has no microseconds; and Node names
    # no origin by itself.
    others = ["[ '' ]", "0", "1006"]
    assert done.stdout.splitlines() == shown + others, done.stderr


@pytest.mark.slow  # It gets packages from the network.
def test_the_types_are_those_of_the_page_and_find_mistakes(
    workplace: Workplace, tmp_path: Path
) -> None:
    for file in COMPILED:
        shutil.copy(EXAMPLES / file, tmp_path)
    shutil.copy(workplace.folder / "asyncapi.json", tmp_path)
    install = ("install", "--no-audit", "--no-fund", "--prefer-offline")
    for command in [(require("npm"), *install), (NODE, "types.js")]:
        done = run(tmp_path, *command)
        assert done.returncode == 0, done.stdout + done.stderr

    written = (tmp_path / "messages.ts").read_text("utf-8")
    for part in EXCERPT.read_text("utf-8").split("\n\n"):
        assert part.strip() in written
    assert '"error";\n  payload?: {\n    [k: string]: unknown;' in written
    compile_all = (NODE, "node_modules/typescript/bin/tsc")
    assert run(tmp_path, *compile_all).stdout == ""

    (tmp_path / "wrong.ts").write_text(WRONG, "utf-8")
    lines = tmp_path / "lines.ts"
    without_pong = lines.read_text("utf-8").replace('    case "pong":\n', "")
    lines.write_text(without_pong, "utf-8")
    found = run(tmp_path, *compile_all).stdout
    expected = [row["tsc"] for row in rows_of("typed_client/mistakes.csv")]
    assert [text for text in expected if text not in found] == []
    assert found.count("error TS") == len(expected)
