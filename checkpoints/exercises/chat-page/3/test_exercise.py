from urllib.parse import parse_qs, quote, urljoin, urlsplit

import pytest
from django.test import Client


def destination(client: Client, room: str) -> tuple[str, dict[str, list[str]]]:
    """The path and the query to which the short address of a room leads."""
    path = f"/chat/{quote(room)}/"
    response = client.get(path)
    assert response.status_code in (301, 302)
    address = urlsplit(urljoin(path, response.headers["location"]))
    return address.path, parse_qs(address.query)


def test_it_leads_to_the_page_with_the_room(client: Client) -> None:
    """Add a path with <str:room> to urlpatterns, and a view that redirects."""
    assert destination(client, "lobby") == ("/chat/", {"room": ["lobby"]})


def test_a_name_in_greek_is_a_room(client: Client) -> None:
    """A part of a path that is a slug has only ASCII in it: take str."""
    assert destination(client, "αίθουσα")[1] == {"room": ["αίθουσα"]}


@pytest.mark.parametrize("room", ["a&b", "a#b", "50% off", "1+1", "a?b=c"])
def test_any_name_is_a_room(client: Client, room: str) -> None:
    """Quote the name with urlencode() before it goes into the query string."""
    assert destination(client, room) == ("/chat/", {"room": [room]})


def test_the_page_is_still_there(client: Client) -> None:
    """The page itself has no room in its path: leave its own path as it was."""
    assert client.get("/chat/").status_code == 200
