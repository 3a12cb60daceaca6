"""Every error of the page, provoked; its text is found where the page says."""

import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from socket import create_connection

import pytest
from channels.routing import URLRouter
from django.core.exceptions import ImproperlyConfigured
from django.urls import include, path
from playwright.sync_api import Browser

from course.chapters import folder_of, load_chapters
from tests.examples.conftest import RunExample
from tests.examples.facts import Row, rows_of
from tests.examples.server import (
    EXAMPLES,
    Examples,
    Server,
    at_once,
    environment_for,
    module_of,
)
from tests.support.commands import wait_until
from tests.support.ports import free_ports

pytestmark = pytest.mark.covers("G16")

ERRORS = rows_of("troubleshooting/errors.csv")
PAGE = EXAMPLES.parent / "guide" / "troubleshooting.rst"
DAPHNE = [sys.executable, "-m", "daphne"]
SETTINGS = {"DJANGO_SETTINGS_MODULE": "config.settings"}
EXAMPLE = {"EXAMPLE": module_of("troubleshooting/mistakes.py")}
SECONDS_FOR_CONSOLE = 30

# What the clients of some mistakes send.
SENT: dict[str, str | bytes] = {
    "no-json": "hello",
    "json-bytes": b"\x00",
    "redis-gone": "hello",
}

SNIPPETS = {
    "status-403": "new WebSocket('/ws/nobody/')",
    "status-404": "new WebSocket('ws://127.0.0.1:NO_DAPHNE/ws/chat/')",
    "status-500": "new WebSocket('/ws/no-route/')",
    "no-server": "new WebSocket('ws://127.0.0.1:NOBODY/ws/chat/')",
    "no-tls": "new WebSocket('wss://127.0.0.1:NO_DAPHNE/ws/chat/')",
    "no-subprotocol": "new WebSocket('/ws/no-json/', ['my-token'])",
    "closed-early": "new WebSocket('/ws/no-json/').close()",
    "sent-early": "new WebSocket('/ws/no-json/').send('hello')",
    "sent-late": """
        const socket = new WebSocket('/ws/no-json/');
        socket.onopen = () => { socket.close(); socket.send('hello'); }
    """,
    "page-no-json": "JSON.parse('hello')",
}
NOT_SECURE = "new WebSocket('ws://example.com/')"


def errors_of(place: str) -> list[str]:
    return [row["Name"] for row in ERRORS if row["Where"] == place]


def is_in(name: str, text: str) -> bool:
    """Whether that error's text, or one of its texts, is somewhere in this one."""
    [texts] = [row["Text"] for row in ERRORS if row["Name"] == name]
    # Python has changed its words.
    patterns = (
        re.escape(wanted).replace("…", ".+?") for wanted in texts.split(", or: ")
    )
    return any(re.search(pattern, text) for pattern in patterns)


def found_in(place: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("name", errors_of(place))


def test_the_page_has_them_all_in_the_order_of_the_list() -> None:
    text = PAGE.read_text(encoding="utf-8")

    entries = re.findall(r"^\.\. trouble:: (\S+)$", text, re.MULTILINE)
    assert entries == [row["Name"] for row in ERRORS]
    sections = re.findall(r"^([^\n]+)\n---+$", text, re.MULTILINE)
    places = list(dict.fromkeys(row["Where"] for row in ERRORS))
    assert [title for title in sections if title in places] == places


@pytest.fixture(scope="module")
def certificate(folder: Path) -> Path:
    """A key and a certificate of its own making, in one file."""
    file = folder / "certificate.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost"
    subprocess.run(
        [*command.split(), "-keyout", file, "-out", folder / "public.pem"],
        check=True,
        capture_output=True,
    )
    with file.open("a") as whole:
        whole.write((folder / "public.pem").read_text())
    return file


@pytest.fixture(scope="module")
def tls_port() -> int:
    return free_ports(1)[0]


@pytest.fixture(scope="module")
def server(
    examples: Examples, redis_url: str, certificate: Path, tls_port: int
) -> Server:
    """The example with all the mistakes, with and without TLS."""
    (port,) = free_ports(1)
    tls = f"ssl:{tls_port}:interface=127.0.0.1:privateKey={certificate}"
    command = [
        *DAPHNE,
        *("--endpoint", f"tcp:{port}:interface=127.0.0.1"),
        *("--endpoint", f"{tls}:certKey={certificate}"),
        # Instead of 10 s, after which Daphne complains of a consumer that goes on.
        *("--application-close-timeout", "1"),
        "config.asgi:application",
    ]
    server = examples.serve(*command, REDIS_URL=redis_url, **SETTINGS, **EXAMPLE)
    # Daphne listens at both, in an order of its own.
    server.at = f"127.0.0.1:{port}"
    server.wait_for_output(f"Listening on TCP address 127.0.0.1:{port}")
    return server


def visit(server: Server, name: str) -> None:
    """Do what makes the consumer of that name fail, and see it fail."""
    path = f"/ws/{name}/"
    if name == "slow-end":
        with server.connect(path) as socket:
            socket.send("hello")
    elif name == "redis-timeout":
        # After five seconds, or on a busy machine after five more.
        with server.connect(path):
            wait_until(lambda: is_in(name, server.output), "Redis and redis-py agree")
    else:
        server.ask(path, *([SENT[name]] if name in SENT else []))


@pytest.fixture(scope="module")
def visits(server: Server) -> Iterator[Future[object]]:
    """All errors of the log, on their way: one takes five seconds."""
    names = errors_of("In the server's log")
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(at_once, partial(visit, server), names)


@pytest.fixture(scope="module")
def without_daphne(examples: Examples) -> int:
    """The port of a runserver that is Django's own."""
    (port,) = free_ports(1)
    settings = ["--settings", module_of("troubleshooting/no_daphne.py")]
    command = ["python", "-m", "django", "runserver", "--noreload", *settings]
    examples.start(*command, str(port), until="Starting development server")
    return port


@pytest.fixture(scope="module")
def console(
    browser: Browser,
    server: Server,
    tls_port: int,
    without_daphne: int,
    visits: Future[object],
) -> Iterator[str]:
    """What the browser's console has after all of its errors."""
    lines: list[str] = []
    context = browser.new_context(ignore_https_errors=True)
    page, secure = context.new_page(), context.new_page()
    for tab in page, secure:
        tab.on("console", lambda message: lines.append(message.text))
        tab.on("pageerror", lambda error: lines.append(f"{error.name}: {error}"))
    page.goto(server.origin)
    secure.goto(f"https://127.0.0.1:{tls_port}/")

    ports = {"NO_DAPHNE": str(without_daphne), "NOBODY": str(free_ports(1)[0])}
    for snippet in SNIPPETS.values():
        for word, port in ports.items():
            snippet = snippet.replace(word, port)
        page.evaluate(f"() => {{ setTimeout(() => {{ {snippet} }}) }}")
    secure.evaluate(f"() => {{ setTimeout(() => {{ {NOT_SECURE} }}) }}")
    names = errors_of("In the browser's console")
    for _ in range(SECONDS_FOR_CONSOLE * 50):
        if all(is_in(name, "\n".join(lines)) for name in names):
            break
        page.wait_for_timeout(20)
    yield "\n".join(lines)
    context.close()


@found_in("In the browser's console")
def test_the_console_has(name: str, console: str) -> None:
    assert is_in(name, console), console


def output_of(command: list[str], environment: dict[str, str]) -> str:
    finished = subprocess.run(
        command,
        cwd=EXAMPLES,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    return finished.stdout


@pytest.fixture(scope="module")
def websocket_in_uvicorn(examples: Examples, folder: Path) -> str:
    """What Uvicorn says to a WebSocket if it finds no library for them."""
    for name in ("websockets", "wsproto"):
        hidden = folder / "hidden" / f"{name}.py"
        hidden.parent.mkdir(exist_ok=True)
        hidden.write_text("raise ImportError\n")
    command = (sys.executable, "-m", "uvicorn", "--port", "0")
    own = SETTINGS | EXAMPLE | {"PYTHONPATH": str(hidden.parent)}
    server = examples.launch(Server, (*command, "config.asgi:application"), own)
    assert server.ask("/ws/nobody/") == "status 404"
    assert "Unsupported upgrade request" in server.output
    return server.output


@pytest.fixture(scope="module")
def outputs(
    folder: Path, server: Server, run_example: RunExample, websocket_in_uvicorn: str
) -> dict[str, str]:
    """What programs print that do not start, or start with a remark."""
    plain = environment_for(folder)
    module = module_of("troubleshooting/too_early.py")
    too_early = [*DAPHNE, "-p", "0", f"{module}:application"]
    port = [*DAPHNE, "-p", str(server.port), "config.asgi:application"]
    with ThreadPoolExecutor() as pool:
        loaded = pool.submit(output_of, too_early, plain | SETTINGS | EXAMPLE)
        no_settings = pool.submit(output_of, too_early, plain)
        taken = pool.submit(output_of, port, plain | SETTINGS | EXAMPLE)
        worker = pool.submit(
            run_example, "troubleshooting/mistakes.py", "runworker", "mail"
        )
    with pytest.raises(ImproperlyConfigured) as refused:
        URLRouter([path("", include([]))])  # type: ignore[list-item]
    # Another page's test makes these, in a project with one thing wrong.
    setup = "\n".join(
        row["What runserver or its log says"] for row in rows_of("setup/mistakes.csv")
    )
    return {
        "apps-not-loaded": loaded.result(),
        "no-settings": no_settings.result(),
        "no-asgi-application": setup,
        "daphne-late": setup,
        "include": str(refused.value),
        "no-runworker": worker.result().stderr,
        "port-taken": taken.result(),
        "http2": server.output,
        "no-websocket-library": websocket_in_uvicorn,
    }


@found_in("When a program starts")
def test_a_program_says(name: str, outputs: dict[str, str]) -> None:
    assert is_in(name, outputs[name]), outputs[name]


@pytest.fixture(scope="module")
def report(folder: Path, redis_url: str) -> str:
    """What pytest reports of tests that fail."""
    pytest_here = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    command = [*pytest_here, "--tb", "short", "troubleshooting/failing.py"]
    environment = environment_for(folder, REDIS_URL=redis_url, **SETTINGS, **EXAMPLE)
    return output_of(command, environment)


def failures_in(report: str) -> dict[str, str]:
    """What the report says of each test that has failed."""
    parts = re.split(r"^_+ (?:.*[ .])?(\w+) _+$", report, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=False))


@found_in("In a test")
def test_the_report_has(name: str, report: str) -> None:
    title = f"test_{name.replace('-', '_')}"
    warnings = report.partition("warnings summary")[2]

    assert is_in(name, failures_in(report).get(title, warnings)), report


def test_a_connection_that_one_test_leaves_open_is_found_by_another(
    report: str,
) -> None:
    failures = failures_in(report)

    assert "test_leaves_a_connection_open" not in failures
    assert is_in("no-database", failures["test_finds_a_connection_open"])


@found_in("In the server's log")
def test_the_log_has(name: str, server: Server, visits: Future[object]) -> None:
    visits.result(timeout=60)

    wait_until(lambda: is_in(name, server.output), f"{name} is not in the log")


def test_who_waits_at_a_redis_that_goes_is_closed(server: Server) -> None:
    assert server.ask("/ws/redis-gone/", "hello") == "code 1011"


def test_daphne_drops_warnings(server: Server) -> None:
    with server.connect("/ws/never-awaited/"):
        pass

    server.wait_for_output('"WSDISCONNECT /ws/never-awaited/"')
    assert "never awaited" not in server.output


def test_daphne_does_not_answer_who_speaks_tls(server: Server) -> None:
    connection = create_connection((server.host, server.port), timeout=0.5)

    with connection, pytest.raises(TimeoutError):
        ssl.create_default_context().wrap_socket(connection, server_hostname="test")


def test_a_name_that_is_no_mistake_is_refused(server: Server) -> None:
    assert server.ask("/ws/nobody/") == "status 403"
    server.wait_for_output('"WSREJECT /ws/nobody/"')


@pytest.mark.covers("G16")
@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=row["They write"])
        for row in rows_of("troubleshooting/old.csv")
    ],
)
def test_what_older_tutorials_import_is_gone(row: Row) -> None:
    with pytest.raises(ImportError) as gone:
        exec(row["They write"])

    assert f"{type(gone.value).__name__}: {gone.value}".startswith(row["Today"])


@pytest.mark.covers("G16")
def test_the_close_codes_are_those_of_the_chat() -> None:
    found: dict[str, list[str]] = {}
    for chapter in load_chapters():
        project = folder_of(chapter.ends_at)
        code = "".join(file.read_text("utf-8") for file in project.glob("chat/**/*.py"))
        numbers = re.findall(r"^CLOSE_\w+ = (\d+)$", code, re.MULTILINE)
        for number in sorted(set(numbers)):
            found.setdefault(number, []).append(chapter.ends_at)

    told = {row["Code"]: row["In"] for row in rows_of("troubleshooting/closes.csv")}
    assert told == {
        number: names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
        for number, names in found.items()
    }
