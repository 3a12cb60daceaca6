"""The parts of the replay that no small course shows from all sides."""

from pathlib import Path

import pytest

from course.chapters import find_checkpoint
from directives.terminals import Screen
from tests.replay import outputs
from tests.replay.failures import Failure
from tests.replay.follow import record
from tests.replay.ports import Ports, ports_of_server
from tests.replay.terminal import Terminal, environment_of_reader


@pytest.mark.parametrize(
    ("page", "printed"),
    [
        ("75 passed in 34.96s", "75 passed in 61.48s (0:01:01)"),
        ("[process 4713] chat: 'bob'", "[process 9] chat: 'bob'"),
        ("November 21, 2025 - 09:56:12", "May 1, 2026 - 23:00:00"),
        (
            "HTTP GET / 200 [0.02, 127.0.0.1:51234]",
            "HTTP GET / 200 [1.10, 127.0.0.1:9]",
        ),
        (
            "12:M 21 Nov 2025 09:56:12.123 * Ready",
            "9:M 01 May 2026 23:00:00.000 * Ready",
        ),
        (
            '{"sent_at": "2025-11-21T09:56:12Z"}',
            '{"sent_at": "2026-05-01T23:00:00.5Z"}',
        ),
        (
            "│ deliveries a second            │          5,300 │\n"
            "│ p50                            │        18.5 ms │\n"
            "│ server's memory per connection │         38 KiB │\n"
            "│ this command was busy          │            45% │",
            "│ deliveries a second            │         11,210 │\n"
            "│ p50                            │       125.0 ms │\n"
            "│ server's memory per connection │          9 KiB │\n"
            "│ this command was busy          │           100% │",
        ),
        ("first\n…\nlast", "first\none\ntwo\nlast"),
        ("…\nlast", "one\nlast"),
    ],
)
def test_what_is_never_the_same_twice_may_differ(page: str, printed: str) -> None:
    outputs.compare(page, printed)


@pytest.mark.parametrize(
    ("page", "printed"),
    [
        ("75 passed in 34.96s", "74 passed in 34.96s"),
        ("Django version 5.2.19", "Django version 5.2.20"),
        ("at http://127.0.0.1:8000/", "at http://127.0.0.1:8001/"),
        ("[process 4713] 'bob'", "[process 4713] 'alice'"),
        ("│ lost      │     0 │", "│ lost      │    17 │"),
        ("│ deliveries│ 9 of 9│", "│ deliveries│ 8 of 9│"),
        ("first\n…\nlast", "first\nlast"),
        ("first\n…", "first"),
        ("first", "first\nlast"),
    ],
)
def test_anything_else_may_not(page: str, printed: str) -> None:
    with pytest.raises(Failure, match="the output is not what the page shows"):
        outputs.compare(page, printed)


@pytest.mark.parametrize(
    ("typed", "ports"),
    [
        ("python manage.py runserver", [8000]),
        ("python manage.py runserver --settings trap", [8000]),
        ("A=1 python manage.py runserver 8001", [8001]),
        ("python manage.py runserver 0.0.0.0:8001", [8001]),
        ("export A=1\npython manage.py runserver", [8000]),
        ("daphne config.asgi:application", [8000]),
        ("python -m daphne --port 8001 config.asgi:application", [8001]),
        ("daphne -p 8001 config.asgi:application", [8001]),
        ('redis-server --save ""', [6379]),
        ("python manage.py runworker dice", []),
        ("python -m pip install daphne", []),
    ],
)
def test_a_server_gets_a_free_port(typed: str, ports: list[int]) -> None:
    replay = Ports()

    command = replay.command(typed)

    assert ports_of_server(command) == [replay.real[port] for port in ports]


def test_a_picture_of_terminals_is_the_same_on_every_run() -> None:
    def run(time: str, server: int, worker: int, client: int) -> list[Screen]:
        said = [
            time,
            "at http://127.0.0.1:8000/",
            f"CONNECT [127.0.0.1:{client}]",
            f"[process {server}] one",
            f"[process {server}] two",
        ]
        return [
            {"typed": ["runserver"], "printed": said},
            {"typed": ["runworker"], "printed": [f"[process {worker}] three"]},
        ]

    shown = outputs.steady(run("November 21, 2025 - 09:56:12", 12, 7, 61234))

    assert shown == outputs.steady(run("May 01, 2026 - 23:00:00", 99, 100, 33333))
    assert shown == run("January 02, 2026 - 09:41:00", 4711, 4712, 50001)


def test_a_terminal_remembers_what_a_terminal_remembers(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, environment_of_reader())
    try:
        terminal.run("mkdir a; cd a; export SHOWN=1; LOCAL=2; hi() { echo hi; }", 10)
        finished = terminal.run(
            'pwd; echo "$SHOWN $LOCAL"; hi; env | grep -c LOCAL', 10
        )
    finally:
        terminal.close()

    # grep counts no line, for a variable that is not exported, and says so with 1.
    assert finished.output == f"{tmp_path / 'a'}\n1 2\nhi\n0\n"
    assert finished.status == 1


def test_a_terminal_knows_nothing_of_the_environment_of_the_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    monkeypatch.setenv("DJANGO_DEBUG", "0")
    terminal = Terminal(tmp_path, environment_of_reader())
    try:
        finished = terminal.run('echo "$REDIS_URL$DJANGO_DEBUG$VIRTUAL_ENV."', 10)
    finally:
        terminal.close()

    assert finished.output == ".\n"


def test_a_recording_tells_who_sent_what_to_whom() -> None:
    messages = record(
        find_checkpoint("cp1").folder,
        [
            "alice connects /ws/chat/",
            "alice sends hello",
            "bob connects /ws/chat/",
            "bob sends hi",
            "alice sends bytes 00 ff",
        ],
    )

    assert [f"{m['from']} > {m['to']}: {m['label']}" for m in messages] == [
        "alice > server: connect /ws/chat/",
        "server > layer: group_add(chat, alice's channel)",
        "server > alice: accept",
        "alice > server: hello",
        'server > layer: group_send(chat, {"type": "chat.message", "text": "hello"})',
        "layer > server: to alice's channel: "
        '{"type": "chat.message", "text": "hello"}',
        "server > alice: hello",
        "bob > server: connect /ws/chat/",
        "server > layer: group_add(chat, bob's channel)",
        "server > bob: accept",
        "bob > server: hi",
        'server > layer: group_send(chat, {"type": "chat.message", "text": "hi"})',
        'layer > server: to alice\'s channel: {"type": "chat.message", "text": "hi"}',
        'layer > server: to bob\'s channel: {"type": "chat.message", "text": "hi"}',
        "server > bob: hi",
        "server > alice: hi",
        "alice > server: 2 bytes: 00 ff",
        "server > alice: close, code 4003",
    ]


def test_a_recording_tells_a_process_from_its_clients() -> None:
    messages = record(
        find_checkpoint("final").folder,
        ["alice connects /ws/chat/lobby/", "bob connects /ws/chat/lobby/"],
    )

    # Bob needs no membership of his own.
    assert [m["label"].partition(".")[0] for m in messages if m["to"] == "layer"] == [
        "group_add(room",
        "group_add(everybody, the process's channel)",
    ]


def test_a_recording_of_a_worker_is_the_same_each_time() -> None:
    scenario = [
        "alice connects /ws/chat/lobby/?username=alice",
        "alice sends /roll 2d6",
        "alice leaves",
    ]
    folder = find_checkpoint("cp4").folder

    messages = record(folder, scenario)

    assert messages == record(folder, scenario)
    pairs = [(message["from"], message["to"]) for message in messages]
    assert ("server", "tasks") in pairs
    assert ("tasks", "worker") in pairs
    assert ("worker", "layer") in pairs


def test_a_project_without_websockets_is_recorded_too() -> None:
    messages = record(find_checkpoint("start").folder, ["alice opens /"])

    assert [message["label"] for message in messages] == [
        "GET /",
        "200 OK, text/html; charset=utf-8",
    ]
