import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Who said it, and the titles of private rooms."""

    dependencies = [
        ("chat", "0001_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="message",
            name="once_by_author_and_id",
        ),
        migrations.AddField(
            model_name="message",
            name="by_account",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="message",
            name="author",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="messages",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="room",
            name="title",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("by_account", False), models.Q(("client_id", ""), _negated=True)
                ),
                fields=("room", "name", "client_id"),
                name="once_by_guest_and_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(("client_id", ""), _negated=True),
                fields=("room", "author", "client_id"),
                name="once_by_author_and_id",
            ),
        ),
    ]
