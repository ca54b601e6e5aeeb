"""Rows with the kinds of their columns, and where the evaluator gets tables from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from services.emulator.kql.kinds import Column, Row


class Window(msgspec.Struct, frozen=True):
    """From when to when rows are wanted, both included; None is without end."""

    start: datetime | None = None
    end: datetime | None = None

    def within(self, other: Window) -> Window:
        """Return what lies in both."""
        starts = [one for one in (self.start, other.start) if one is not None]
        ends = [one for one in (self.end, other.end) if one is not None]
        return Window(max(starts, default=None), min(ends, default=None))


class Database(Protocol):
    """What holds the tables."""

    def columns(self, table: str) -> tuple[Column, ...] | None:
        """Return the columns of a table, None for one that is not there."""
        ...

    def rows(self, table: str, window: Window) -> Iterable[Row]:
        """Return the rows of a table, in any order; it may give more than the window holds."""
        ...


class Relation(msgspec.Struct, frozen=True):
    """Rows and their columns. Rows that come one by one can be gone through once."""

    columns: tuple[Column, ...]
    rows: Iterable[Row]
    name: str = "PrimaryResult"

    def place(self, name: str) -> int | None:
        """Return where a column stands."""
        return next((at for at, column in enumerate(self.columns) if column.name == name), None)


def unlike(name: str, taken: Sequence[str]) -> str:
    """Return a name that is not taken: itself, else with a number behind it."""
    number, found = 0, name
    while found in taken:
        number += 1
        found = f"{name}{number}"
    return found
