from django.test import Client


def test_the_page_names_its_script(client: Client) -> None:
    page = client.get("/").content.decode()

    assert '"/static/chat/console.js"' in page
