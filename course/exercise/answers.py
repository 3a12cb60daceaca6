"""Whether what a learner has written into answer.txt is right."""

import re
from pathlib import Path

from course.exercise.data import Exercise, faults
from course.exercise.folder import ANSWER

WORD = re.compile(r"[^\s,;\"'`]+")
PLACE = re.compile(r"([\w/]+\.\w+)\W+(?:line\W+)?(\d+)")


def answer_in(folder: Path) -> str:
    """Return what is written in answer.txt, without comments; "" if it is not there."""
    try:
        lines = (folder / ANSWER).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    return "\n".join(it for it in lines if not it.startswith("#")).strip()


def fault_in_prediction(exercise: Exercise, answer: str) -> str:
    """Return what to say to a prediction that is not right, "" if it is."""
    if words(answer) in map(words, exercise.answer):
        return ""
    for wrong in exercise.wrong:
        if words(answer) == words(wrong["answer"]):
            return wrong["says"]
    return "That is not what happens. Read the code once more, as the computer does."


def fault_in_place(
    exercise: Exercise, answer: str, folder: Path, code: dict[str, str]
) -> str:
    """Return what to say to the place of a fault that is not right, "" if it is."""
    found = PLACE.search(answer)
    if not found:
        return "Write a file and the number of a line, like chat/consumers.py:1."
    path, number = found[1], int(found[2])
    wrong = faults(exercise, code)
    # Whoever has tried something out may have lines in other places by now.
    if f"{path}:{number}" in wrong or line_of(folder / path, number) in wrong.values():
        return ""
    if not (folder / path).is_file():
        return f"There is no file {path} in this project."
    if line_of(folder / path, number) is None:
        return f"{path} has no line {number}."
    if path in {place.partition(":")[0] for place in wrong}:
        return f"The fault is in {path}, but not in line {number}."
    return f"The fault is not in {path}."


def line_of(file: Path, number: int) -> str | None:
    try:
        return file.read_text(encoding="utf-8").splitlines()[number - 1].strip()
    except (OSError, UnicodeDecodeError, IndexError):
        return None


def words(answer: str) -> list[str]:
    return [word.rstrip(".") for word in WORD.findall(answer.casefold())]
