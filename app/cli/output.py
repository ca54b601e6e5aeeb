"""Records as text: JSON and CSV by field name, or the pane's own columns. Rows stream; only a table looks ahead."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any

import msgspec

from widgets.pane import Cell, Column, Line, Look, Pane, Span, Tone
from widgets.safe import Safe, cell_width, clip, safe

Write = Callable[[str], object]

SAMPLE = 500
"""Rows a table looks at before it decides how wide its columns are."""
WIDEST = 60
"""Cells a column of a table takes at most where no terminal sets a limit."""

_INVISIBLE = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What a terminal acts on, and what is there without being seen; a joiner stays, because emoji need it."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SGR: dict[Tone, str] = {
    "strong": "1",
    "muted": "2",
    "edge": "2",
    "line": "2",
    "accent": "34",
    "ok": "32",
    "run": "36",
    "warn": "33",
    "err": "1;31",
}


def write_json(records: Iterable[Any], write: Write) -> None:
    """Write a list of objects, one a line. Times are ISO 8601 in UTC, amounts exact text, unknown is null.

    What a terminal would act on is written as an escape, which reads back as the same text.
    """
    encoder = msgspec.json.Encoder(decimal_format="string")
    between = "[\n"
    for record in records:
        text = encoder.encode(record).decode()
        write(between + _INVISIBLE.sub(lambda found: json.dumps(found[0])[1:-1], text))
        between = ",\n"
    write("[]\n" if between == "[\n" else "\n]\n")


def write_csv(record: type[msgspec.Struct], records: Iterable[Any], write: Write) -> None:
    """Write a head line of field names, then a line a record; money takes two columns, the second its currency.

    Text that a spreadsheet would run as a formula gets a quote in front; control characters are marked.
    """
    fields = msgspec.structs.fields(record)
    money = {field.name for field in fields if _is_money(field.type)}
    heads = chain.from_iterable(_heads(field.name, field.name in money) for field in fields)
    write(_csv_line(heads))
    for one in records:
        cells = chain.from_iterable(_csv_cells(getattr(one, field.name), field.name in money) for field in fields)
        write(_csv_line(cells))


def write_table(
    pane: Pane[Any], records: Iterable[Any], write: Write, look: Look, *, width: int | None, is_coloured: bool
) -> None:
    """Write the pane's columns, aligned. With a `width` the least important give way; without, all are shown."""
    rows = iter(records)
    sample = [[column.cell(record, look) for column in pane.columns] for record in islice(rows, SAMPLE)]
    shown = _columns_for(pane.columns, width)
    widths = _widths([pane.columns[at] for at in shown], [[row[at] for at in shown] for row in sample], width)
    later = ([column.cell(record, look) for column in pane.columns] for record in rows)
    head: list[Cell] = [(Span(safe(pane.columns[at].title), "muted"),) for at in shown]
    for cells in chain([head], ([row[at] for at in shown] for row in chain(sample, later))):
        fitted = (
            _fitted(cell, cells_wide, is_right=pane.columns[at].is_right, is_coloured=is_coloured)
            for at, cell, cells_wide in zip(shown, cells, widths, strict=True)
        )
        write("  ".join(fitted).rstrip() + "\n")


def line_text(line: Line, *, is_coloured: bool) -> str:
    """A line of spans as terminal text; a bare string is refused, since it has not been through `safe`."""
    pieces: list[str] = []
    for span in line:
        assert isinstance(span.text, Safe), "only Safe text goes to a terminal"
        code = _SGR.get(span.tone, "")
        pieces.append(f"\x1b[{code}m{span.text}\x1b[0m" if is_coloured and code and span.text else span.text)
    return "".join(pieces)


def _columns_for(columns: Sequence[Column[Any]], width: int | None) -> list[int]:
    """The places of the columns to show: the highest rank goes first until the rest fits."""
    kept = list(range(len(columns)))
    while width is not None and len(kept) > 1 and sum(columns[at].width + 2 for at in kept) - 2 > width:
        kept.remove(max(kept, key=lambda at: (columns[at].rank, at)))
    return kept


def _widths(columns: Sequence[Column[Any]], sample: list[list[Cell]], width: int | None) -> list[int]:
    """As wide as the widest cell seen; within a terminal only growing columns get more than their own width."""
    needed = [
        max([cell_width(column.title), *(_width(row[at]) for row in sample)]) for at, column in enumerate(columns)
    ]
    if width is None:
        return [min(WIDEST, cells) for cells in needed]
    widths = [min(cells, column.width) for cells, column in zip(needed, columns, strict=True)]
    left = width - sum(widths) - 2 * (len(widths) - 1)
    for at in sorted(range(len(columns)), key=lambda at: not columns[at].grows):
        more = max(0, min(left, needed[at] - widths[at]))
        widths[at] += more
        left -= more
    return widths


def _width(cell: Cell) -> int:
    return sum(cell_width(span.text) for span in cell)


def _fitted(cell: Cell, width: int, *, is_right: bool, is_coloured: bool) -> str:
    """A cell cut or filled to `width` terminal cells; a cut shows as `…`."""
    if (wide := _width(cell)) > width:
        cell, wide = _cut(cell, width), width
    text, blanks = line_text(cell, is_coloured=is_coloured), " " * (width - wide)
    return blanks + text if is_right else text + blanks


def _cut(cell: Cell, width: int) -> Cell:
    whole = Safe("".join(span.text for span in cell))
    cut = clip(whole, width)
    return (Span(Safe(cut + " " * (width - cell_width(cut))), cell[-1].tone if cell else "text"),)


def _is_money(annotation: Any) -> bool:
    arms = getattr(annotation, "__args__", (annotation,))
    return any(getattr(arm, "__struct_fields__", ()) == ("amount", "currency") for arm in arms)


def _heads(name: str, is_money: bool) -> tuple[str, ...]:
    return (name, f"{name}_currency") if is_money else (name,)


def _csv_cells(value: Any, is_money: bool) -> Iterator[str]:
    if not is_money:
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
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return ("'" if text.startswith(_FORMULA) else "") + safe(text, len(text) + 1)


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(list(cells))
    return line.getvalue()
