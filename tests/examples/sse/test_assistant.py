"""The same assistant over both, in the same session."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Page, expect

from tests.examples.conftest import RunExample, ServeExample
from tests.examples.server import Server, hear
from tests.examples.sse.conftest import ServeProxy

pytestmark = pytest.mark.covers("G23")

ASSISTANT = "sse/assistant.py"
LONG = "How do I reconnect?"
# The course says nothing about it, so the answer is one piece.
SHORT = "xyzzy plugh"


@pytest.fixture(scope="module")
def server(
    serve_example: ServeExample, run_example: RunExample, folder: Path
) -> Server:
    database = {"DATABASE_URL": f"sqlite:///{folder}/db.sqlite3"}
    done = run_example(ASSISTANT, "migrate", **database)
    assert done.returncode == 0, done.stderr
    return serve_example(ASSISTANT, **database)


@pytest.fixture
def page(page: Page, server: Server) -> Page:
    with page.expect_response("**/static/sse/assistant.js"):
        page.goto(server.origin)
    return page


def post(page: Page, path: str, **form: str | float | bool) -> APIResponse:
    [token] = [it for it in page.context.cookies() if it["name"] == "csrftoken"]
    headers = {"X-CSRFToken": token["value"]}
    return page.request.post(page.url + path, form=form, headers=headers)


def begin(page: Page, question: str) -> str:
    """The path of an answer."""
    answer = post(page, "answers/", question=question)
    assert answer.status == 201, answer.text()
    return f"answers/{answer.json()['id']}/"


def events_of(page: Page, path: str, **headers: str) -> Iterator[tuple[str, object]]:
    """The id and the data of each event, once the answer has ended."""
    answer = page.request.get(page.url + path, headers=headers)
    assert answer.status == 200, answer.text()
    for block in answer.text().split("\n\n"):
        fields = dict(
            line.split(": ", 1) for line in block.splitlines() if line[0] > ":"
        )
        if fields:
            yield fields.get("id", ""), json.loads(fields["data"])


def test_who_comes_back_gets_the_rest_over_both(page: Page, server: Server) -> None:
    path = begin(page, LONG)
    *pieces, end = events_of(page, path)

    assert end == ("", {"state": "complete", "reason": ""})
    assert [id for id, _ in pieces] == [str(n + 1) for n in range(len(pieces))]
    assert len(pieces) > 2
    rest = list(events_of(page, path, **{"Last-Event-ID": "2"}))
    assert rest == [*pieces[2:], end]
    assert over_websocket(page, server, path, after=2) == rest[:-1]


def over_websocket(
    page: Page, server: Server, path: str, after: int
) -> list[tuple[str, object]]:
    """The same of the pieces that come in the same session over a WebSocket."""
    cookies = "; ".join(f"{it['name']}={it['value']}" for it in page.context.cookies())
    asked = {"id": int(path.split("/")[1]), "index": after}
    headers = {"Cookie": cookies}
    with server.connect("/ws/assistants/", additional_headers=headers) as socket:
        socket.send(json.dumps({"action": "resume_streaming", "payload": asked}))
        heard = []
        while (message := json.loads(hear(socket)))["action"] == "streaming":
            heard.append(
                (str(message["payload"]["index"]), message["payload"]["content"])
            )
    assert message["action"] == "complete_streaming"
    return heard


def test_an_outage_in_mid_answer_leaves_no_hole_and_no_double(
    page: Page, server: Server, serve_proxy: ServeProxy
) -> None:
    proxy = serve_proxy(
        server, "proxy_http_version 1.1; proxy_set_header Host $http_host;"
    )
    page.goto(f"http://127.0.0.1:{proxy.port}/")
    page.get_by_label("Question").fill(LONG)
    with page.expect_response("**/answers/") as asked:
        page.get_by_role("button", name="Ask").click()
    expect(page.locator("#answer")).not_to_be_empty()

    proxy.program.kill()
    expect(page.get_by_role("status")).to_have_text("Connection lost, trying again.")
    proxy.start()

    expect(page.get_by_role("status")).to_have_text("complete", timeout=60_000)
    *pieces, _ = events_of(page, f"answers/{asked.value.json()['id']}/")
    whole = "".join(str(text) for _, text in pieces)
    assert page.locator("#answer").text_content() == whole


def test_closing_ends_the_stream_and_not_the_answer(page: Page) -> None:
    path = begin(page, SHORT)

    page.evaluate("path => { new EventSource(path).close(); }", path)

    *_, (_, end) = events_of(page, path)
    assert end == {"state": "complete", "reason": ""}


def test_stopping_is_a_request_of_its_own(page: Page) -> None:
    page.get_by_label("Question").fill(LONG)
    page.get_by_role("button", name="Ask").click()
    expect(page.locator("#answer")).not_to_be_empty()

    page.get_by_role("button", name="Stop").click()

    expect(page.get_by_role("status")).to_have_text("You stopped this answer.")


def test_what_is_no_number_of_a_piece_is_refused(page: Page) -> None:
    path = begin(page, SHORT)

    for last in "x", "-1", "1.5", "1 2", "9" * 10:
        headers = {"Last-Event-ID": last}
        answer = page.request.get(page.url + path, headers=headers)
        assert answer.status == 400
        assert answer.text() == "Last-Event-ID is the number of a piece."


def test_a_question_is_refused_in_a_sentence(page: Page) -> None:
    for question in "", "  ", "x" * 2001:
        assert post(page, "answers/", question=question).status == 400
    assert post(page, "answers/").status == 400

    path = begin(page, LONG)
    second = post(page, "answers/", question=SHORT)
    assert (second.status, second.text()[:21]) == (409, "One answer at a time:")

    assert post(page, f"{path}stop/").status == 204
    assert post(page, f"{path}stop/").status == 404
    headers = {"Last-Event-ID": "999"}
    assert page.request.get(page.url + path, headers=headers).status == 404


def test_an_answer_is_its_owner_s(page: Page) -> None:
    path = begin(page, SHORT)
    list(events_of(page, path))

    page.context.clear_cookies()

    assert page.request.get(page.url + path).status == 404


def test_a_page_of_another_site_can_t_ask(page: Page) -> None:
    answer = page.request.post(f"{page.url}answers/", form={"question": SHORT})

    assert answer.status == 403
