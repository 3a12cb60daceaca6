"""Streams of real servers, as a program reads them."""

import http.client
import sys

import pytest
from playwright.sync_api import Page

from tests.examples.conftest import ServeExample
from tests.examples.server import Examples, Server, module_of
from tests.examples.sse.conftest import ServeProxy, Stream
from tests.support.commands import wait_until

pytestmark = pytest.mark.covers("G23")

ENDED = "The stream has ended.\n"
COUNT_CLOSINGS = """
window.closings = 0;
const close = EventSource.prototype.close;
EventSource.prototype.close = function () {
  close.call(this);
  closings += 1;
};
"""


@pytest.fixture(scope="module")
def daphne(serve_example: ServeExample) -> Server:
    return serve_example("sse/smallest.py")


@pytest.fixture(scope="module")
def uvicorn(examples: Examples) -> Server:
    command = (sys.executable, "-m", "uvicorn", "--port", "0")
    environment = {
        "EXAMPLE": module_of("sse/smallest.py"),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return examples.launch(Server, (*command, "config.asgi:application"), environment)


@pytest.fixture(params=["daphne", "uvicorn"])
def server(request: pytest.FixtureRequest) -> Server:
    server: Server = request.getfixturevalue(request.param)
    return server


def test_a_view_is_told_when_the_client_has_gone(server: Server) -> None:
    ended = server.output.count(ENDED)
    stream = Stream(server.port, "/answers/?question=reconnect")
    assert str(next(stream.data())).startswith("[")

    stream.close()

    wait_until(lambda: server.output.count(ENDED) == ended + 1, "it goes on")
    assert "Traceback" not in server.output


def test_the_page_shows_the_answer_and_asks_once(page: Page, daphne: Server) -> None:
    question = "question=xyzzy+plugh"
    *words, end = Stream(daphne.port, f"/answers/?{question}").data()
    page.add_init_script(COUNT_CLOSINGS)

    with page.expect_response("**/static/sse/smallest.js"):
        page.goto(f"{daphne.origin}/?{question}")

    page.wait_for_function("closings === 1")
    assert page.locator("p").text_content() == "".join(map(str, words))
    assert str(words[0]).startswith("I found nothing")
    assert end == ""


def test_only_an_asynchronous_generator_streams(
    mistakes: Server, daphne: Server
) -> None:
    assert Stream(mistakes.port, "/collected/").is_collected()
    assert not Stream(mistakes.port, "/held-back/").is_collected()


@pytest.mark.parametrize(
    ("lines", "is_collected"), [("", True), ("proxy_http_version 1.1;", False)]
)
def test_nginx_holds_back_what_comes_over_http_1_0(
    mistakes: Server, serve_proxy: ServeProxy, lines: str, is_collected: bool
) -> None:
    proxy = serve_proxy(mistakes, lines)

    assert Stream(proxy.port, "/held-back/").is_collected() == is_collected
    # With the header, the first event comes long before the end.
    assert next(Stream(proxy.port, "/quiet/").data())


def test_nginx_closes_a_stream_that_is_quiet(
    mistakes: Server, serve_proxy: ServeProxy
) -> None:
    proxy = serve_proxy(mistakes, "proxy_read_timeout 1s;")

    with pytest.raises(http.client.IncompleteRead):
        Stream(proxy.port, "/quiet/").response.read()


def test_a_middleware_may_want_the_content(mistakes: Server) -> None:
    assert Stream(mistakes.port, "/counted/").response.status == 500
    assert "instance has no `content` attribute" in mistakes.output
