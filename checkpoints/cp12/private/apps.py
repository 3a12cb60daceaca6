from django.apps import AppConfig


class PrivateConfig(AppConfig):
    """The settings of the app `private`."""

    name = "private"
