"""Answers, in the database.

Whoever writes an answer stores it piece by piece. Whoever wants to see it reads the
pieces after the last one known. Neither needs the other, or the same server.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

from django.db import IntegrityError, transaction

from assistants.messages import StoredAnswer
from assistants.models import BROKEN, STOPPED, WRITING, Answer, Piece
from chat import history
from chat.messages import now

# A server gives a sign of life each second. One that was killed gives none.
PATIENCE = timedelta(seconds=10)
SERVER_IS_GONE = "The server stopped in the middle of this answer. Ask again."
# So many answers of a conversation are kept.
NEWEST = 10


# A thread for answers. What is said in the chat must not wait for them.
in_thread = partial(history.in_thread, executor=ThreadPoolExecutor(1))


class Refused(Exception):
    """What was asked for can't be done; the text says what to do, to who asked."""


class BrokenOff(Exception):
    """An answer can't go on; the text says why, to who asked."""


def begin(owner: str, question: str) -> int:
    """Store a question, and return the id of its answer.

    Raises Refused while another one of the owner's is being answered.
    """
    give_up(owner)
    try:
        answer = Answer.objects.create(owner=owner, question=question)
    except IntegrityError:
        raise Refused(
            "One answer at a time: wait until this one is complete, or stop it."
        ) from None
    theirs = Answer.objects.filter(owner=owner)
    kept = theirs.order_by("-pk").values("pk")[:NEWEST]
    theirs.exclude(pk__in=kept).delete()
    return answer.pk


def withdraw(answer_id: int) -> None:
    """Delete a question that can't be answered now."""
    Answer.objects.filter(pk=answer_id).delete()


def add(answer_id: int, index: int, text: str) -> bool:
    """Store a piece, or with an empty one a sign of life. False if it was stopped."""
    with transaction.atomic():
        answer = Answer.objects.filter(pk=answer_id, state=WRITING)
        is_wanted = answer.update(pieces_so_far=index, alive_at=now())
        if is_wanted and text:
            Piece.objects.create(answer_id=answer_id, index=index, text=text)
    return bool(is_wanted)


def end(answer_id: int, state: str, reason: str) -> None:
    """Store how an answer ended, unless it was stopped before."""
    answer = Answer.objects.filter(pk=answer_id, state=WRITING)
    answer.update(state=state, reason=reason)


def stop(owner: str, answer_id: int) -> None:
    """End an answer where it is. Raises Refused if it is not being written."""
    answer = Answer.objects.filter(owner=owner, pk=answer_id, state=WRITING)
    if not answer.update(state=STOPPED, reason="You stopped this answer."):
        raise Refused(f"No answer {answer_id} of yours is being written.")


def after(owner: str, answer_id: int, index: int) -> tuple[Answer, list[Piece]]:
    """An answer, and its pieces after an index. Raises Refused if it has none such."""
    # The answer first: if it is complete, all of its pieces are there.
    answer = Answer.objects.filter(owner=owner, pk=answer_id).first()
    if answer and answer.state == WRITING and answer.alive_at < now() - PATIENCE:
        give_up(owner)
        answer.refresh_from_db()
    if answer is None:
        raise Refused(f"There is no answer {answer_id} of yours.")
    if index > answer.pieces_so_far:
        raise Refused(
            f"Answer {answer_id} has no piece {index}: its last is"
            f" {answer.pieces_so_far}."
        )
    return answer, list(answer.pieces.filter(index__gt=index))


def newest(owner: str) -> list[Answer]:
    """The owner's last answers, the oldest of them first."""
    give_up(owner)
    answers = Answer.objects.filter(owner=owner).prefetch_related("pieces")
    return list(answers.order_by("pk"))


def text_of(answer: Answer) -> str:
    """What there is of an answer."""
    return "".join(piece.text for piece in answer.pieces.all())


def conversation(owner: str) -> list[StoredAnswer]:
    """The owner's last questions and answers, as clients see them."""
    return [
        StoredAnswer(
            id=answer.pk,
            question=answer.question,
            content=text_of(answer),
            index=len(answer.pieces.all()),
            state=answer.state,
            reason=answer.reason,
        )
        for answer in newest(owner)
    ]


def give_up(owner: str) -> None:
    """Mark what is being written by no server any more."""
    answers = Answer.objects.filter(owner=owner, state=WRITING)
    answers = answers.filter(alive_at__lt=now() - PATIENCE)
    answers.update(state=BROKEN, reason=SERVER_IS_GONE)
