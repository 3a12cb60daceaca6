"""Measures what it saves to compress a message, and prints it as a table."""

import csv
import json
import random
import sys
import time
import zlib

TRIES = 20
# On a line of 10 megabits a second.
BYTES_A_MILLISECOND = 1250


def chat(number: int) -> str:
    """That many messages of a chat, as JSON."""
    dice = random.Random(1)
    words = ["hello", "who", "is", "there", "tomorrow", "at", "the", "station", "fine"]
    messages = [
        {
            "type": "message",
            "name": dice.choice(["alice", "bob", "carol"]),
            "text": " ".join(dice.choices(words, k=8)),
            "at": f"2030-01-01T12:{i // 60 % 60:02}:{i % 60:02}+00:00",
        }
        for i in range(number)
    ]
    return json.dumps(messages[0] if number == 1 else messages)


MESSAGES: dict[str, bytes] = {
    "one message of a chat": chat(1).encode(),
    "the last 10 messages": chat(10).encode(),
    "the last 100 messages": chat(100).encode(),
    "the last 3,000 messages": chat(3000).encode(),
    "random bytes, as those of a picture": random.Random(1).randbytes(100_000),
}


def milliseconds(data: bytes) -> float:
    """How long a processor works to compress that, at best."""
    times = []
    for _ in range(TRIES):
        start = time.process_time()
        zlib.compress(data)
        times.append(time.process_time() - start)
    return 1000 * min(times)


def main() -> None:
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["Message", "Bytes", "Compressed", "Takes, ms", "Saves, ms"])
    for name, data in MESSAGES.items():
        compressed = len(zlib.compress(data))
        takes = f"{milliseconds(data):.3f}"
        saves = f"{(len(data) - compressed) / BYTES_A_MILLISECOND:.3f}"
        table.writerow([name, len(data), compressed, takes, saves])


if __name__ == "__main__":
    main()
