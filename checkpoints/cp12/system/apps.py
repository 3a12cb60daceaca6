from django.apps import AppConfig


class SystemConfig(AppConfig):
    """The settings of the app `system`."""

    name = "system"
