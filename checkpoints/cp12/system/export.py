import csv
import html
import json
from collections.abc import Callable, Iterator
from io import TextIOWrapper
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from chat.models import Message, Room
from system.history import pieces_of

HEAD = """<!doctype html>
<meta charset="utf-8">
<title>{0}</title>
<h1>{0}</h1>
<table>
"""


def as_json(room: Room, file: IO[str]) -> Iterator[int]:
    """Write an array. The number of the last message, after each piece."""
    between = "[\n"
    for piece in pieces_of(room):
        for message in piece:
            fields = {
                "seq": message.seq,
                "id": message.client_id or None,
                "name": message.name,
                "message": message.message,
                "sent_at": message.sent_at.isoformat(),
            }
            file.write(between + json.dumps(fields, ensure_ascii=False))
            between = ",\n"
        yield piece[-1].seq
    file.write("\n]\n" if between == ",\n" else "[]\n")


def as_csv(room: Room, file: IO[str]) -> Iterator[int]:
    """Write a table for a spreadsheet."""
    table = csv.writer(file)
    table.writerow(["seq", "sent_at", "name", "message"])
    for piece in pieces_of(room):
        table.writerows([as_text(cell) for cell in cells_of(row)] for row in piece)
        yield piece[-1].seq


def as_html(room: Room, file: IO[str]) -> Iterator[int]:
    """Write a page. What was said is text in it, whatever it looks like."""
    file.write(HEAD.format(html.escape(room.name)))
    for piece in pieces_of(room):
        for message in piece:
            cells = [f"<td>{html.escape(cell)}</td>" for cell in cells_of(message)]
            file.write(f"<tr>{''.join(cells)}</tr>\n")
        yield piece[-1].seq
    file.write("</table>\n")


FORMATS: dict[str, Callable[[Room, IO[str]], Iterator[int]]] = {
    "history.json": as_json,
    "history.csv": as_csv,
    "history.html": as_html,
}


def cells_of(message: Message) -> list[str]:
    """A row of a table: number, time, name and text."""
    sent_at = f"{message.sent_at:%Y-%m-%d %H:%M:%S}"
    return [str(message.seq), sent_at, message.name, message.message]


def as_text(cell: str) -> str:
    """The cell. A spreadsheet would run what begins like a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def export(room: Room, file: IO[bytes]) -> Iterator[int]:
    """Write the history in three formats into a zip. The percentage that is done."""
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for number, (name, write) in enumerate(FORMATS.items()):
            with (
                archive.open(name, "w", force_zip64=True) as entry,
                TextIOWrapper(entry, "utf-8", newline="") as text,
            ):
                for seq in write(room, text):
                    yield (100 * number + 100 * seq // room.newest) // len(FORMATS)
