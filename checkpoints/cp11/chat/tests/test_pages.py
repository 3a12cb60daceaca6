import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import Client

ACTIONS = {
    "announcement",
    "cancel_job",
    "dice_rolled",
    "error",
    "get_history",
    "history",
    "job_failed",
    "job_progress",
    "job_queued",
    "job_result",
    "members",
    "message_saved",
    "new_chat_message",
    "ping",
    "pong",
    "system_message",
    "system_notification",
    "typing",
    "user_joined",
    "user_left",
    "who_is_here",
}


# What the chat page consists of, besides its template.
FILES = [
    "chat/console.css",
    "chat/chat.css",
    "chat/chat.js",
    "chat/client.js",
    "chat/entrance.js",
    "chat/history.js",
    "chat/kept.js",
    "chat/links.js",
    "chat/log.js",
    "chat/outbox.js",
    "chat/people.js",
    "chat/status.js",
    "chat/typing.js",
    "chat/writing.js",
]
MAX_BYTES = 45_000


def test_the_chat_page_finds_its_scripts_and_styles(client: Client) -> None:
    page = client.get("/chat/").content.decode()

    found = re.findall(r'"/static/([^"]+)"', page)
    for script in Path(finders.find("chat/chat.js")).parent.glob("*.js"):
        imports = re.findall(r'from "./(.+)"', script.read_text())
        found += [f"chat/{name}" for name in imports]
    assert set(found) == set(FILES)
    assert all(finders.find(name) for name in FILES)


def test_the_chat_page_is_small(client: Client) -> None:
    """What the browser loads, without any compression."""
    files = [Path(finders.find(name)).read_bytes() for name in FILES]
    total = sum(map(len, [client.get("/chat/").content, *files]))

    print(f"The chat page has {total:,} bytes.")
    assert total < MAX_BYTES


def test_an_address_may_name_the_room(client: Client) -> None:
    assert client.get("/chat/?room=lobby&name=ada").status_code == 200


def test_the_chat_page_leads_to_the_other_pages(client: Client) -> None:
    page = client.get("/chat/").content.decode()

    links = set(re.findall(r'<a href="([^"]+)"', page))
    accounts = {"/accounts/login/", "/accounts/signup/"}
    assert links == {"/asyncapi/docs/", "/system/", "/", *accounts}
    for link in links:
        assert client.get(link).status_code == 200


def test_the_chat_page_leads_to_the_tutorial_where_it_is_served() -> None:
    address = "http://127.0.0.1:8001/"

    page = render_to_string("chat/chat.html", {"tutorial_url": address})

    assert f'<a href="{address}">Tutorial</a>' in page


def test_the_schema_documents_every_action(client: Client) -> None:
    schema = client.get("/asyncapi/schema/").json()

    documented = {
        payload["properties"]["action"]["const"]
        for payload in schema["components"]["schemas"].values()
        if "action" in payload["properties"]
    }
    assert documented == ACTIONS
    assert schema["info"]["title"] == "Chat"
    assert schema["channels"]["chat"]["address"] == "ws/chat/{group_name}/"


def test_the_schema_tells_what_answers_a_message(client: Client) -> None:
    ping = client.get("/asyncapi/schema/").json()["operations"]["handle_ping"]

    assert ping["action"] == "receive"
    [reply] = ping["reply"]["messages"]
    assert reply["$ref"].endswith("/pong_message")


def test_the_documentation_page_answers(client: Client) -> None:
    page = client.get("/asyncapi/docs/")

    assert page.status_code == 200
    assert "new_chat_message" in page.content.decode()
