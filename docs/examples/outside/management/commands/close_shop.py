from typing import Any

from django.core.management import BaseCommand
from outside.news import tell


class Command(BaseCommand):
    help = "Tell everybody that the shop is closed."

    def handle(self, *args: Any, **options: Any) -> None:
        tell("the shop is closed")
