"""Positions in an order that an index gives: every thousandth row is noted, and the rest is a short walk from there.

Stepping from anchor to anchor skips a thousand index entries in C and reads no row: 0.1 s for a million (one statement
with row_number() over the same index took 0.5 s, and could not be called off between anchors).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from cache.compile import Condition
from cache.segments import Place, Segment, walk

STEP = 1_000
"""Rows between two anchors."""


class Anchored(NamedTuple):
    """A segment with the place of every `STEP`th of its rows, and how many it has."""

    segment: Segment
    anchors: list[Place]
    size: int


def anchored(db: sqlite3.Connection, segment: Segment, go_on: Callable[[], None]) -> Anchored:
    """Note the anchors of a segment. `go_on` is called between them, and may raise to stop."""
    anchors = walk(db, segment.stretches(None), 0, 1)
    if not anchors:
        return Anchored(segment, [], 0)
    while place := walk(db, segment.stretches(anchors[-1]), STEP, 1):
        anchors += place
        go_on()
    rest = sum(segment.count_of(db, piece) for piece in segment.pieces(anchors[-1]))
    return Anchored(segment, anchors, (len(anchors) - 1) * STEP + rest)


def window(db: sqlite3.Connection, parts: Sequence[Anchored], offset: int, size: int) -> list[int]:
    """The row numbers of `size` rows from `offset`."""
    for i, (segment, anchors, length) in enumerate(parts):
        if offset < length:
            nearest = min(offset // STEP, len(anchors) - 1)
            stretches = _from(segment, _start(anchors, nearest), parts[i + 1 :])
            return [place[-1] for place in walk(db, stretches, offset - nearest * STEP, size)]
        offset -= length
    return []


def _start(anchors: list[Place], nearest: int) -> Place | None:
    """The place to walk from: for the first rows the start itself, so that a row new at the top is seen at once."""
    return anchors[nearest] if nearest else None


def _from(segment: Segment, start: Place | None, rest: Sequence[Anchored]) -> Iterator[tuple[Segment, Condition]]:
    yield from segment.stretches(start)
    for part in rest:
        yield from part.segment.stretches(None)


def locate(db: sqlite3.Connection, table: str, parts: Sequence[Anchored], row: int) -> int | None:
    """The position of a row; None when it is in no segment."""
    before = 0
    for segment, anchors, length in parts:
        columns = ", ".join((*segment.terms, segment.row))
        known = f" AND {segment.least}" if segment.least else ""
        sql = f'SELECT {columns} FROM "{table}" t WHERE {segment.where}{known} AND {segment.row} = ?'
        place = db.execute(sql, (*segment.bound, row)).fetchone()
        if place is not None and anchors:
            nearest = _nearest(segment, anchors, place)
            near = [found[-1] for found in walk(db, segment.stretches(_start(anchors, nearest)), 0, 2 * STEP)]
            return before + nearest * STEP + near.index(row) if row in near else None
        before += length
    return None


def _nearest(segment: Segment, anchors: list[Place], place: Place) -> int:
    """The last anchor that is not after a place."""
    low, high = 0, len(anchors)
    while high - low > 1:
        middle = (low + high) // 2
        if segment.is_after(anchors[middle], place):
            high = middle
        else:
            low = middle
    return low
