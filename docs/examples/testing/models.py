from django.db import models


class Entry(models.Model):
    """What somebody has written into the guestbook."""

    name = models.CharField(max_length=150)
    text = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"
