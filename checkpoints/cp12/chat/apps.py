from django.apps import AppConfig


class ChatConfig(AppConfig):
    """The settings of the app `chat`."""

    name = "chat"

    def ready(self) -> None:
        """Have Django check for Redis and the database when a command starts."""
        from chat import database, outage  # noqa: F401, which register the checks
