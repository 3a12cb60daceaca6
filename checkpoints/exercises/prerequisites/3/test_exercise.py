from django.test import Client


def test_the_address_is_there(client: Client) -> None:
    """In urlpatterns, write it without the first slash and with the last one."""
    assert client.get("/health/").status_code == 200


def test_the_text_is_ok(client: Client) -> None:
    """The first argument of HttpResponse is the text: ok, and nothing else."""
    assert client.get("/health/").content.decode() == "ok"


def test_it_is_plain_text(client: Client) -> None:
    """Say that it is text/plain: without that, browsers are told it is HTML."""
    response = client.get("/health/")

    assert response.headers["content-type"].partition(";")[0] == "text/plain"


def test_the_console_is_still_there(client: Client) -> None:
    """The new path stands beside the one of the console, not in its place."""
    assert client.get("/").status_code == 200
