"""What the next start paints before anything is imported: the last screen of rows, written by the deck.

For the author of the launcher, who has `sys`, `os`, `termios` and `sqlite3` and nothing else. Open the file
`amldeck.db` of the cache folder with `sqlite3.connect("file:…?mode=ro", uri=True, timeout=0.05)`, and
`?immutable=1` where that fails because nothing may be written there; any `sqlite3.Error` means no first paint. Then

    SELECT width, height, title, lines, pane, scope, at FROM first_paint WHERE id = 1

gives one row or none: `width` and `height` of the screen the lines were made for (cells), `title` (plain, already
safe), `lines` (joined by "\\n", each already safe for a terminal, with SGR styling and nothing else, ending in SGR 0),
the `pane`'s name, the `scope` (workspace) they belong to, and `at`: integer microseconds since 1970 UTC.

When the terminal has another size, the cells may be laid out again:

    SELECT widths FROM first_paint WHERE id = 1
    SELECT cells FROM first_paint_rows ORDER BY number

`widths` are the columns' widths in cells, joined by "," ("" when no cells were written); `cells` are the texts of one
row (number 0 is the headings), joined by "\\x1f", plain and already safe.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

import msgspec

from cache.codec import clean, from_micros, to_micros

FIRST_PAINT_TABLES = (
    "CREATE TABLE IF NOT EXISTS first_paint (id INTEGER PRIMARY KEY CHECK (id = 1), width INTEGER NOT NULL, "
    "height INTEGER NOT NULL, title TEXT NOT NULL, lines TEXT NOT NULL, pane TEXT NOT NULL, scope TEXT NOT NULL, "
    "at INTEGER NOT NULL, widths TEXT NOT NULL DEFAULT '')",
    "CREATE TABLE IF NOT EXISTS first_paint_rows (number INTEGER PRIMARY KEY, cells TEXT NOT NULL)",
)

SEPARATOR = "\x1f"


class FirstPaint(msgspec.Struct, frozen=True, kw_only=True):
    """One written screen. The texts are the caller's promise: safe for a terminal as they are."""

    pane: str
    scope: str
    width: int
    height: int
    lines: tuple[str, ...]
    at: datetime
    title: str = ""
    widths: tuple[int, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def write(db: sqlite3.Connection, paint: FirstPaint) -> None:
    """Replace what the next start paints."""
    db.execute(
        "INSERT OR REPLACE INTO first_paint (id, width, height, title, lines, pane, scope, at, widths) "
        "VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            paint.width,
            paint.height,
            clean(paint.title),
            clean("\n".join(paint.lines)),
            paint.pane,
            paint.scope,
            to_micros(paint.at),
            ",".join(str(width) for width in paint.widths),
        ),
    )
    db.execute("DELETE FROM first_paint_rows")
    db.executemany("INSERT INTO first_paint_rows VALUES (?, ?)", _numbered(paint.rows))


def _numbered(rows: Sequence[Sequence[str]]) -> list[tuple[int, str]]:
    """The rows as they are stored: number and joined cells."""
    return [(number, clean(SEPARATOR.join(cells))) for number, cells in enumerate(rows)]


def read(db: sqlite3.Connection) -> FirstPaint | None:
    """What the next start would paint; None when nothing was written yet."""
    row = db.execute(
        "SELECT width, height, title, lines, pane, scope, at, widths FROM first_paint WHERE id = 1"
    ).fetchone()
    if row is None:
        return None
    width, height, title, lines, pane, scope, at, widths = row
    rows = db.execute("SELECT cells FROM first_paint_rows ORDER BY number").fetchall()
    return FirstPaint(
        pane=pane,
        scope=scope,
        width=width,
        height=height,
        lines=tuple(lines.split("\n")) if lines else (),
        at=from_micros(at),
        title=title,
        widths=tuple(int(part) for part in widths.split(",") if part),
        rows=tuple(tuple(cells.split(SEPARATOR)) for (cells,) in rows),
    )
