from django.db import models

WRITING = "writing"
COMPLETE = "complete"
STOPPED = "stopped"
BROKEN = "broken"


class Answer(models.Model):
    """A question, and how far its answer is."""

    # A user, or the session of a browser.
    owner = models.CharField(max_length=200)
    question = models.TextField()
    state = models.CharField(max_length=10, default=WRITING)
    # Why it ended, in a sentence, if not because it was complete.
    reason = models.TextField(default="")
    pieces_so_far = models.PositiveIntegerField(default=0)
    # When its writer last gave a sign of life.
    alive_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["owner"])]
        constraints = [
            models.UniqueConstraint(
                fields=["owner"],
                condition=models.Q(state=WRITING),
                name="one_answer_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        """The question."""
        return self.question


class Piece(models.Model):
    """A part of an answer: number `index`, from 1 on."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="pieces")
    index = models.PositiveIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ["index"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "index"], name="index_in_answer"),
        ]

    def __str__(self) -> str:
        """Its text."""
        return self.text
