"""Finds sections of this course, by full-text search."""

import gzip
import json
import re
import sqlite3
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock

# Written when the pages of the course are built.
FILE = Path(__file__).parent / "passages.json.gz"
# What stands in any question, and says nothing of what it is about.
STOP_WORDS = re.compile(
    r"(a|about|an|and|are|as|at|be|but|by|can|course|did|do|does|for|from|get|has|have"
    r"|how|i|if|in|into|is|it|its|me|my|no|not|of|on|or|should|so|tell|that|the|their"
    r"|then|there|this|to|use|was|what|when|where|which|who|why|will|with|would|you"
    r"|your)"
)
MAX_WORDS = 30
CANDIDATES = 30

# Whoever comes first makes the index.
one_at_a_time = Lock()


@dataclass(frozen=True)
class Passage:
    """What a section says, and where: page.html#section, below the course's address."""

    page: str
    title: str
    address: str
    text: str


@cache
def sections() -> sqlite3.Connection:
    """The index. SQLite makes it in memory, whatever database the project has."""
    index = sqlite3.connect(":memory:", check_same_thread=False)
    index.execute(
        "CREATE VIRTUAL TABLE section USING fts5"
        " (page, title, tasks, text, address UNINDEXED, tokenize='porter unicode61')"
    )
    rows = json.loads(gzip.decompress(FILE.read_bytes()))
    index.executemany(
        "INSERT INTO section VALUES (:page, :title, :tasks, :text, :address)", rows
    )
    return index


def find(question: str, number: int = 3) -> list[Passage]:
    """The sections that have most to do with a question, the best one first.

    A section counts if it has at least half of the words that say something.
    """
    said = dict.fromkeys(re.findall(r"\w+", question.lower()))
    words = [word for word in said if not STOP_WORDS.fullmatch(word)][:MAX_WORDS]
    if not words:
        return []
    with one_at_a_time:
        index = sections()
        hits = Counter(
            rowid
            for word in words
            for (rowid,) in index.execute("SELECT rowid FROM section(?)", [f'"{word}"'])
        )
        # bm25 weighs rare words more; here, a word in a title counts more, too.
        ranked = index.execute(
            "SELECT rowid, page, title, address, text FROM section(?)"
            " ORDER BY bm25(section, 2, 4, 4, 1) LIMIT ?",
            [" OR ".join(f'"{word}"' for word in words), CANDIDATES],
        ).fetchall()
    good = [row for rowid, *row in ranked if 2 * hits[rowid] >= len(words)]
    return [Passage(*row) for row in good[:number]]
