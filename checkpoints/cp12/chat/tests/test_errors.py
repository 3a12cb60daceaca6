import pytest
from django.test import Client
from pytest_django import Settings

SECRET = "only-Redis-knows"


@pytest.mark.parametrize("url", [f"redis://:{SECRET}@localhost", f"rediss://{SECRET}"])
def test_an_error_page_shows_no_address_of_the_settings(
    client: Client, settings: Settings, url: str
) -> None:
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = []
    settings.REDIS_URL = url
    settings.CACHES = {"default": {"BACKEND": "a.Cache", "LOCATION": [url]}}
    settings.CHANNEL_LAYERS = {"default": {"CONFIG": {"hosts": [{"address": url}]}}}

    page = client.get("/", headers={"host": "elsewhere.example"}).content.decode()

    assert "CHANNEL_LAYERS" in page
    assert SECRET not in page
