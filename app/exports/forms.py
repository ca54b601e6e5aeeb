"""Records as CSV, JSON and JSON lines: streamed, exact, and harmless to a terminal and to a spreadsheet."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any

import msgspec

from app.exports.columns import Taken
from app.exports.notes import Notes, note_lines, stamp
from widgets.safe import safe

Write = Callable[[str], object]

_INVISIBLE = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What a terminal acts on, and what is there without being seen; a joiner stays, because emoji need it."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_QUOTED = re.compile('[,"\r\n#]|^\\s|\\s$')
"""What makes a cell need quotes; a # too, so that whoever skips our note as comments loses no cell."""
_ENCODER = msgspec.json.Encoder(decimal_format="string")


def write_json(
    columns: Sequence[Taken] | None, records: Iterable[Any], write: Write, notes: Notes | None = None
) -> None:
    """Write a list of objects, one a line; with notes `{"about": …, "rows": […]}`.

    Without columns each object is the whole record. Times are ISO 8601 in UTC, amounts exact text, unknown is null.
    What a terminal would act on is written as an escape, which reads back as the same text.
    """
    write("" if notes is None else f'{{"about": {json_text(notes)},\n"rows": ')
    between = "[\n"
    for record in records:
        write(between + json_text(_named(columns, record)))
        between = ",\n"
    write("[]" if between == "[\n" else "\n]")
    write("\n" if notes is None else "}\n")


def write_ndjson(
    columns: Sequence[Taken] | None, records: Iterable[Any], write: Write, notes: Notes | None = None
) -> None:
    """Write an object a line; with notes, the first line is `{"about": …}`. Values as in `write_json`."""
    if notes is not None:
        write(f'{{"about": {json_text(notes)}}}\n')
    for record in records:
        write(json_text(_named(columns, record)) + "\n")


def write_csv(columns: Sequence[Taken], records: Iterable[Any], write: Write, notes: Notes | None = None) -> None:
    """Write a head line of names, then a line a record; money takes two columns, the second its currency.

    Notes are lines that begin with #, before the head line. Text that a spreadsheet would run as a formula gets a
    quote in front; control characters are marked.
    """
    for line in note_lines(notes) if notes is not None else ():
        write(f"# {line}\n")
    write(_csv_line(_csv_text(head) for head in chain.from_iterable(_heads(column) for column in columns)))
    for record in records:
        write(_csv_line(chain.from_iterable(_csv_cells(column, record) for column in columns)))


def json_text(value: Any) -> str:
    """A value as JSON that reads back as it was and holds nothing a terminal acts on."""
    text = _ENCODER.encode(value).decode()
    return _INVISIBLE.sub(lambda found: json.dumps(found[0])[1:-1], text)


def _named(columns: Sequence[Taken] | None, record: Any) -> Any:
    return record if columns is None else {column.name: column.value(record) for column in columns}


def _heads(column: Taken) -> tuple[str, ...]:
    return (column.name, f"{column.name}_currency") if column.kind == "money" else (column.name,)


def _csv_cells(column: Taken, record: Any) -> Iterator[str]:
    value = column.value(record)
    if column.kind != "money":
        yield _csv_text(value)
    elif value is None:
        yield from ("", "")
    else:
        yield f"{value.amount:f}"
        yield _csv_text(value.currency)


def _csv_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    if isinstance(value, datetime):
        return stamp(value)
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return ("'" if text.startswith(_FORMULA) else "") + safe(text, len(text) + 1)


def _csv_line(cells: Iterable[str]) -> str:
    return ",".join([_quoted(cell) if _QUOTED.search(cell) else cell for cell in cells]) + "\n"


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'
