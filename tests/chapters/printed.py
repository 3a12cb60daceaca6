"""Compares what a page says is printed or logged with what is."""

import json
import re
from typing import TypedDict

from tests.chapters.failures import Failure


class Screen(TypedDict):
    """One terminal: the lines that its reader typed, and those that it printed."""

    typed: list[str]
    printed: list[str]


ELLIPSIS = "…"

MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
# November 21, 2025 - 09:56:12
MOMENT = rf"(?:{MONTHS})[a-z]* \d\d?, \d{{4}} - \d\d:\d\d:\d\d"

# What is never the same twice, and what stands for it on both sides. Everything else,
# such as the versions of the packages, has to be exactly as the page says.
VOLATILE = {
    # 2025-11-21T09:56:12.123456Z, 2025-11-21 09:56:12,123
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?": "<time>",
    # 21/Nov/2025:09:56:12 or 21/Nov/2025 09:56:12
    rf"\d\d/(?:{MONTHS})/\d{{4}}[: ]\d\d:\d\d:\d\d": "<time>",
    MOMENT: "<time>",
    # Redis: 4711:M 21 Nov 2025 09:56:12.123
    rf"\d+:[A-Z] \d\d (?:{MONTHS}) \d{{4}} \d\d:\d\d:\d\d\.\d+": "<process and time>",
    r"\[process \d+\]": "[process <process>]",
    r"\b(pid[ =:]*)\d+": r"\1<process>",
    # pytest: 5 passed in 61.50s (0:01:01)
    r"\bin \d+\.\d\ds(?: \(\d+:\d\d:\d\d\))?": "in <duration>",
    # Daphne's log of a request: [0.02, 127.0.0.1:51234]
    r"\[\d+\.\d\d, ": "[<duration>, ",
    # The port of a client. Those of the pages are 8000, 8001 and 6379.
    r"\b(127\.0\.0\.1|\[::1\]|localhost):(?!8000\b|8001\b|6379\b)\d+": r"\1:<port>",
    # The name of a private room is chance.
    r"\bprivate(?::|%3A)[\w-]{16}": "<private room>",
    # loadtest: what is measured differs. What is counted, as "lost", does not.
    r"(│ deliveries a second +│) +[\d,]+ │": r"\1 <figure> │",
    r"(│ p(?:50|99) +│) +[\d,.]+ ms │": r"\1 <figure> ms │",
    r"(│ server's memory per connection +│) +[\d,]+ KiB │": r"\1 <figure> KiB │",
    r"(│ this command was busy +│) +\d+% │": r"\1 <figure>% │",
    # Where pytest makes its temporary folders.
    r"\S*/pytest-of-\w+/pytest-\d+": "<temporary folder>",
    # Every reader has a system, a Python and a folder of their own.
    r"platform \w+ -- Python 3\.\d+\.\d+\S*": "platform <platform> -- Python <python>",
    r"^rootdir: .*": "rootdir: <folder>",
    r"\bPython 3\.\d+\.\d+\b": "Python <python>",
    # Django begins a hint with a tab, which no page can show.
    r"^[ \t]+HINT: ": "HINT: ",
    # pytest's rulers are as long as their text lets them.
    r"={3,}": "===",
    r"-{5,}": "-----",
}


# In a picture of terminals, every run is at this time, and its processes and its
# clients have these numbers and the ones that follow.
TIME_IN_PICTURE = "January 02, 2026 - 09:41:00"
NUMBERS_IN_PICTURE = {
    r"(?<=\[process )\d+(?=\])": 4711,
    r"(?<=\[127\.0\.0\.1:)\d+(?=\])": 50001,
}


def normalized(text: str) -> list[str]:
    """The lines of an output, with names for what is never the same twice."""
    for pattern, name in VOLATILE.items():
        text = re.sub(pattern, name, text, flags=re.MULTILINE)
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def compare(page: str, printed: str) -> None:
    """Raises Failure unless a command printed what the page says, all of it."""
    expected, got = normalized(page), normalized(printed)
    if not matches(expected, got):
        raise Failure("the output is not what the page shows", page, "\n".join(got))


def matches(expected: list[str], got: list[str]) -> bool:
    """Whether lines are as expected, where a `…` stands for one or more lines."""
    for index, line in enumerate(expected):
        if line.strip() == ELLIPSIS:
            rest = expected[index + 1 :]
            return any(
                matches(rest, got[start:]) for start in range(index + 1, len(got) + 1)
            )
        if index >= len(got) or line != got[index]:
            return False
    return len(expected) == len(got)


def missing_line(page: str, printed: str) -> str | None:
    """The first of the page's lines that is not printed after those before it."""
    got = iter(normalized(printed))
    for line in normalized(page):
        if line.strip() not in {ELLIPSIS, ""} and line not in got:
            return line
    return None


def steady(screens: list[Screen]) -> list[Screen]:
    """What terminals show, as it is on every run."""
    text = json.dumps(screens, ensure_ascii=False)
    text = re.sub(MOMENT, TIME_IN_PICTURE, text)
    for pattern, number in NUMBERS_IN_PICTURE.items():
        text = numbered(text, pattern, number)
    now: list[Screen] = json.loads(text)
    return now


def numbered(text: str, pattern: str, number: int) -> str:
    """The text with other numbers for what the pattern finds: from that one on."""
    found = dict.fromkeys(re.findall(pattern, text))
    names = {old: str(new) for new, old in enumerate(found, start=number)}
    return re.sub(pattern, lambda match: names[match[0]], text)
