from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from playwright.sync_api import Browser

from tests.examples.server import (
    Examples,
    Server,
    module_of,
)
from tests.examples.troubleshooting.errors import errors_of, found_in, is_in
from tests.support.ports import free_ports

pytestmark = pytest.mark.covers("G16")


SECONDS_FOR_CONSOLE = 30
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
