"""The page, and its place among the others."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import Client

PROJECT = Path(__file__).parents[2]


def test_the_page_finds_its_scripts_and_styles(client: Client) -> None:
    page = client.get("/assistants/").content.decode()

    found = re.findall(r'"/static/([^"]+)"', page)
    for script in (PROJECT / "assistants" / "static" / "assistants").glob("*.js"):
        imports = re.findall(r'from "\.\.?/(.+)"', script.read_text())
        found += [it if "/" in it else f"assistants/{it}" for it in imports]
    assert len(found) > 4
    assert [name for name in found if not finders.find(name)] == []


def test_the_page_gives_a_browser_a_session_once(client: Client) -> None:
    first, second = client.get("/assistants/"), client.get("/assistants/")

    assert "sessionid" in first.cookies
    assert not second.cookies


def test_the_chat_page_leads_to_the_assistant_and_it_leads_back(client: Client) -> None:
    assert '<a href="/assistants/">' in client.get("/chat/").content.decode()
    assert '<a href="/chat/">' in client.get("/assistants/").content.decode()


def test_the_page_knows_where_the_tutorial_is_served() -> None:
    address = "http://127.0.0.1:8001/"

    page = render_to_string("assistants/assistants.html", {"tutorial_url": address})

    assert f'<main data-tutorial="{address}">' in page
