from django.contrib.staticfiles import finders
from django.test import Client


def test_the_console_page_answers(client: Client) -> None:
    response = client.get("/")

    assert response.status_code == 200
    assert "<title>WebSocket console</title>" in response.content.decode()


def test_the_console_page_finds_its_script_and_style(client: Client) -> None:
    page = client.get("/").content.decode()

    for name in ["chat/console.js", "chat/console.css"]:
        assert f'"/static/{name}"' in page
        assert finders.find(name)
