import base64
import json
import subprocess
from pathlib import Path

SCRIPT = """
// A server that is away, chance that is always the same, and time that passes at once.
globalThis.addEventListener = () => {};
globalThis.WebSocket = class { close() {} };
Math.random = () => 1;
const waits = [];
let next;
globalThis.clearTimeout = () => {};
globalThis.setTimeout = (action, milliseconds) => {
  next = action;
  waits.push(milliseconds);
};
const { ChatClient } = await import(process.argv[1]);
const client = new ChatClient("ws://nowhere");
client.onstate = (state) => waits.push(state);
client.join();
while (waits.length < 20) next();
console.log(JSON.stringify(waits));
"""


def test_there_is_a_wait_before_the_first_attempt() -> None:
    source = Path("chat/static/chat/client.js").read_bytes()
    module = f"data:text/javascript;base64,{base64.b64encode(source).decode()}"
    node = ["node", "--input-type=module", "-e", SCRIPT, module]
    printed = subprocess.run(node, capture_output=True, check=True, text=True).stdout
    seen = json.loads(printed)

    assert seen[seen.index("waiting") + 1] > 0
