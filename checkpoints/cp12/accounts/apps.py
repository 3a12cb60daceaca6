from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The settings of the app `accounts`."""

    name = "accounts"
