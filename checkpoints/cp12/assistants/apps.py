from django.apps import AppConfig


class AssistantsConfig(AppConfig):
    """The settings of the app `assistants`."""

    name = "assistants"
