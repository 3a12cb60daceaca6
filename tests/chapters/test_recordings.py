"""What a diagram of a page is drawn from."""

from course.chapters import find_checkpoint
from tests.chapters.recordings import record


def arrows(checkpoint: str, *scenario: str) -> list[str]:
    messages = record(find_checkpoint(checkpoint).folder, [*scenario])
    return [f"{m['from']} > {m['to']}: {m['label']}" for m in messages]


def test_a_recording_tells_who_sent_what_to_whom() -> None:
    event = '{"type": "chat.message", "text": "hello"}'

    assert arrows(
        "cp1",
        *["alice connects /ws/chat/", "bob connects /ws/chat/", "bob sends hello"],
        "alice sends bytes 00 ff",
    ) == [
        "alice > server: connect /ws/chat/",
        "server > layer: group_add(chat, alice's channel)",
        "server > alice: accept",
        "bob > server: connect /ws/chat/",
        "server > layer: group_add(chat, bob's channel)",
        "server > bob: accept",
        "bob > server: hello",
        f"server > layer: group_send(chat, {event})",
        f"layer > server: to alice's channel: {event}",
        f"layer > server: to bob's channel: {event}",
        "server > bob: hello",
        "server > alice: hello",
        "alice > server: 2 bytes: 00 ff",
        "server > alice: close, code 4003",
    ]


def test_a_recording_tells_a_process_from_its_clients() -> None:
    people = [f"{name} connects /ws/chat/lobby/" for name in ("alice", "bob")]

    shown = [arrow for arrow in arrows("final", *people) if "> layer:" in arrow]

    # Bob needs no membership of his own.
    assert [arrow.partition(".")[0] for arrow in shown] == [
        "server > layer: group_add(room",
        "server > layer: group_add(everybody, the process's channel)",
    ]


def test_a_recording_of_a_worker_is_the_same_each_time() -> None:
    scenario = "alice connects /ws/chat/lobby/?username=alice", "alice sends /roll 2d6"

    shown = arrows("cp4", *scenario, "alice leaves")

    assert shown == arrows("cp4", *scenario, "alice leaves")
    ways = {arrow.partition(":")[0] for arrow in shown}
    assert {"server > tasks", "tasks > worker", "worker > layer"} <= ways
