"""Records as text: JSON and CSV by field name, or the pane's own columns. Rows stream; only a table looks ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice
from typing import Any

import msgspec

from app.exports import forms
from app.exports.columns import all_columns
from widgets.pane import Cell, Column, Line, Look, Pane, Span, Tone
from widgets.safe import Safe, cell_width, clip, safe

Write = Callable[[str], object]

SAMPLE = 500
"""Rows a table looks at before it decides how wide its columns are."""
WIDEST = 60
"""Cells a column of a table takes at most where no terminal sets a limit."""

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
    """Write the records whole, as a list of objects. See `app.exports.forms`."""
    forms.write_json(None, records, write)


def write_csv(record: type[msgspec.Struct], records: Iterable[Any], write: Write) -> None:
    """Write every field of the records, a line a record. See `app.exports.forms`."""
    forms.write_csv(all_columns(record), records, write)


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
