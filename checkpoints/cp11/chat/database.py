"""What the chat does while it can't use its database."""

import re
from typing import Any

from chanx.messages.base import BaseMessage
from django.core import checks
from django.db import Error, connection, transaction

from chat.messages import NewChatMessage

MIGRATE = "The database is a migration behind. Run: python manage.py migrate"
TRY_AGAIN = "The chat can't reach its database. Try again in a moment."
WRITABLE = "Let the server write to the database: to the file and to its folder."
# A word of what the database says, and what to do.
WHAT_TO_DO = {
    "no such": MIGRATE,
    "does not exist": MIGRATE,
    "readonly": WRITABLE,
    "read-only": WRITABLE,
    "unable to open": WRITABLE,
    "full": "Make room on the disk of the database.",
    "No space": "Make room on the disk of the database.",
    "disk I/O": "Look at the disk of the database: it is at a limit, or broken.",
    "locked": "End the program that keeps the database for itself.",
    "statement timeout": "End the program that keeps the database for itself.",
    "password": "Correct the user and the password in DATABASE_URL.",
    "onnection": "Start the database, or correct DATABASE_URL.",
}


def words_of(error: Error) -> str:
    """What the database says first, without the name of the user."""
    first = str(error).partition("\n")[0]
    return re.sub(r'(user|role) "[^"]*"', r"the \1", first)


def what_to_do(error: Error) -> str:
    """The advice for an error of the database, "" if there is none."""
    return next((todo for word, todo in WHAT_TO_DO.items() if word in str(error)), "")


def explain(error: Error) -> str:
    """What is wrong and what to do, for who runs the server."""
    return f"The database fails: {words_of(error)}. {what_to_do(error)}".strip()


def for_client(message: BaseMessage) -> dict[str, str | None]:
    """What a client is told, with the id of what it has to send again."""
    if isinstance(message, NewChatMessage):
        return {
            "detail": "Your message may not be stored. Send it again in a moment.",
            "try_again": message.payload.id,
        }
    return {"detail": TRY_AGAIN}


@checks.register
def check_database(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse to start without a database, or with one that can't be written to."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        sentence = f"The database fails: {words_of(error)}."
        return [checks.Error(sentence, what_to_do(error), id="chat.E002")]
    return []
