from assistants import answers
from assistants.models import COMPLETE

ANSWER = "3,4,5"


def test_who_comes_back_gets_what_comes_after() -> None:
    id = answers.begin("alice", "?")
    for index in range(1, 6):
        answers.add(id, index, "word ")
    answers.end(id, COMPLETE, "")

    _, pieces = answers.after("alice", id, 2)

    assert ",".join(str(piece.index) for piece in pieces) == ANSWER
