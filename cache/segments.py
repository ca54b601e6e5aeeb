"""Runs of rows in order, and how an index gives any stretch of them.

A segment is walked from a known row (an anchor) by its index, never by counting from the start. Ties are broken by
the row's number, in the same direction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from cache.compile import Condition

Place = tuple[Any, ...]
"""Where a row stands in a segment: its values to sort by, then its row number."""


class Segment(NamedTuple):
    """A run of rows in order. `terms` sort it, then `row`; `is_folded` says which terms ignore case."""

    source: str
    where: str
    bound: tuple[Any, ...]
    terms: tuple[str, ...]
    is_folded: tuple[bool, ...]
    row: str
    is_down: bool
    least: str = ""
    """The bound that keeps unknown values out; beside a later start it would hide that from SQLite."""

    def select(self, columns: str, extra: Condition, rest: str) -> tuple[str, tuple[Any, ...]]:
        """A statement over the segment's rows, in order."""
        direction = " DESC" if self.is_down else ""
        order = ", ".join(f"{term}{direction}" for term in (*self.terms, self.row))
        where = f"{self.where} AND {extra.sql}" if extra.sql else self.where
        return f"SELECT {columns} {self.source} WHERE {where} ORDER BY {order} {rest}", (*self.bound, *extra.bound)

    def pieces(self, start: Place | None) -> Iterator[Condition]:
        """Conditions that together give the rows from `start` on (itself included), in order, each by the index."""
        if start is None:
            yield Condition(self.least)
            return
        later = "<" if self.is_down else ">"
        for same in range(len(self.terms), -1, -1):
            tests = [f"{term} = ?" for term in self.terms[:same]]
            tests += [f"{self.row} {later}= ?" if same == len(self.terms) else f"{self.terms[same]} {later} ?"]
            tests += [self.least] if self.is_down and self.least and same == 0 else []
            yield Condition(" AND ".join(tests), tuple(start[: same + 1]))

    def stretches(self, start: Place | None) -> Iterator[tuple[Segment, Condition]]:
        """What `walk` takes: this segment's rows from `start` on, or all."""
        return ((self, piece) for piece in self.pieces(start))

    def count_of(self, db: sqlite3.Connection, piece: Condition) -> int:
        """How many rows a piece has."""
        where = f"{self.where} AND {piece.sql}" if piece.sql else self.where
        return db.execute(f"SELECT count(*) {self.source} WHERE {where}", (*self.bound, *piece.bound)).fetchone()[0]

    def is_after(self, place: Place, other: Place) -> bool:
        """True when `place` comes after `other`, as SQLite sorts them."""
        one = [_comparable(value, fold) for value, fold in zip(place, (*self.is_folded, False), strict=True)]
        two = [_comparable(value, fold) for value, fold in zip(other, (*self.is_folded, False), strict=True)]
        return one < two if self.is_down else one > two


def walk(db: sqlite3.Connection, stretches: Iterable[tuple[Segment, Condition]], offset: int, size: int) -> list[Place]:
    """Up to `size` places of stretches that follow each other, without the first `offset`."""
    found: list[Place] = []
    for segment, piece in stretches:
        sql, bound = segment.select(", ".join((*segment.terms, segment.row)), piece, "LIMIT ? OFFSET ?")
        rows = db.execute(sql, (*bound, size - len(found), offset)).fetchall()
        found += rows
        if len(found) >= size:
            break
        if rows:
            offset = 0
        elif offset:
            offset -= segment.count_of(db, piece)
    return found


_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def _comparable(value: Any, is_folded: bool) -> tuple[int, Any]:
    """A value as SQLite orders it: numbers, then text (NOCASE folds ASCII only), then blobs."""
    if isinstance(value, str):
        return 1, value.translate(_LOWER) if is_folded else value
    return (2, value) if isinstance(value, bytes) else (0, value)
