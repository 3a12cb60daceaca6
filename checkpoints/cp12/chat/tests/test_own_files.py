import re

from django.test import Client


def test_the_chat_page_loads_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/chat/").content.decode()

    addresses = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert addresses
    assert not [address for address in addresses if "//" in address]
