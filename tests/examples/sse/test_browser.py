"""What a real browser makes of streams."""

import shlex
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, TimeoutError

from tests.examples.facts import Row, facts
from tests.examples.server import Examples, Server
from tests.examples.testing.deployed import text_of
from tests.support.nginx import start_nginx
from tests.support.ports import free_ports, replace_numbers

pytestmark = pytest.mark.covers("G23")

MANY = 12

LISTEN = """
path => new Promise((resolve) => {
  const heard = [];
  const source = new EventSource(path);
  source.onmessage = ({ data }) => heard.push(data);
  source.onerror = () => {
    const state = source.readyState;
    source.close();
    resolve([heard.length, heard[0], state]);
  };
})
"""
CONNECTING, CLOSED = 0, 2

OPEN_MANY = """
([kind, path, many]) => {
  window.opened = Array.from({ length: many }, () => new window[kind](path));
}
"""
COUNT = "opened.filter(it => it.readyState === 1).length"


@pytest.fixture
def page(page: Page, mistakes: Server) -> Page:
    page.goto(mistakes.origin)
    return page


def test_a_stream_that_ends_is_asked_for_again_after_three_seconds(page: Page) -> None:
    milliseconds = page.evaluate(
        """
        () => new Promise((resolve) => {
          const source = new EventSource("/without-end/");
          let ended;
          source.onerror = () => { ended ??= performance.now(); };
          source.onopen = () => {
            if (!ended) return;
            source.close();
            resolve(performance.now() - ended);
          };
        })
        """
    )

    assert milliseconds >= 2900


def test_a_status_other_than_200_ends_it_for_good(page: Page) -> None:
    assert page.evaluate(LISTEN, "/without-end/")[2] == CONNECTING
    assert page.evaluate(LISTEN, "/unavailable/") == [0, None, CLOSED]


def test_of_what_is_compressed_only_the_first_event_arrives(page: Page) -> None:
    assert page.evaluate(LISTEN, "/without-end/")[0] == 3
    assert page.evaluate(LISTEN, "/compressed/")[0] == 1


def test_a_line_end_ends_the_field(page: Page) -> None:
    assert page.evaluate(LISTEN, "/line-end/")[:2] == [1, "one"]


def test_a_page_of_another_site_hears_nothing(page: Page, mistakes: Server) -> None:
    page.goto(mistakes.origin.replace("127.0.0.1", "localhost"))
    asked = mistakes.output.count("GET /quiet/")

    assert page.evaluate(LISTEN, f"{mistakes.origin}/quiet/") == [0, None, CLOSED]
    # But the view has run.
    assert mistakes.output.count("GET /quiet/") >= asked


@pytest.fixture(scope="module")
def over_http_2(examples: Examples, mistakes: Server, folder: Path) -> str:
    """The address of the page's nginx, which speaks HTTP/2."""
    certificate = shlex.split(text_of("testing/certificate.sh"))
    subprocess.run(certificate, cwd=folder, check=True, capture_output=True)
    (port,) = free_ports(1)
    text = text_of("testing/nginx.conf")
    assert "listen 8443 ssl;" in text
    text = text.replace("listen 8443 ssl;", "listen 8443 ssl http2;")
    text = replace_numbers(text, {8001: mistakes.port, 8002: mistakes.port, 8443: port})
    kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    own = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    file = folder / "http2.conf"
    file.write_text(text.replace("http {", f"http {{ access_log off; {own}"))
    start_nginx(examples, file, port)
    return f"https://localhost:{port}"


@pytest.mark.parametrize("row", facts("sse/many.csv"))
def test_how_many_are_open_at_once(
    row: Row, browser: Browser, mistakes: Server, over_http_2: str
) -> None:
    address = {"HTTP/1.1": mistakes.origin, "HTTP/2": over_http_2}[row["Over"]]
    with browser.new_context(ignore_https_errors=True) as context:
        page, other = context.new_page(), context.new_page()
        page.goto(address)
        for kind, path in ("WebSocket", "/ws/"), ("EventSource", "/quiet/"):
            page.evaluate(OPEN_MANY, [kind, path, MANY])
            page.wait_for_function(f"{COUNT} === {row[kind]}")
            if kind == "EventSource" and row["The next tab"] == "waits":
                with pytest.raises(TimeoutError):
                    other.goto(address, timeout=1000)
            else:
                other.goto(address)
            assert page.evaluate(COUNT) == int(row[kind])
