from django.apps import AppConfig


class ChatConfig(AppConfig):
    """The settings of the app `chat`."""

    name = "chat"

    def ready(self) -> None:
        """Have Django check for Redis when a command starts."""
        from chat import outage  # noqa: F401, registers the check
