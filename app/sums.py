"""Sums over all rows of a table, for the verdict lines of panes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.session import Session
from cache.query import Query, parse
from cache.table import Table

MOST_ROWS = 2_000
"""Records a verdict may read: its table stays small."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over all rows of a table in the chosen workspace (`widgets.pane.Tally`)."""

    session: Session
    table: Table
    also: Query | None = None
    """What all rows have to match."""

    def by(self, field: str, query: str = "") -> Mapping[str, int]:
        """How many rows have each value of a field, among those that match."""
        where = parse(query, self.table, now=self.session.now()) if query else None
        if self.also is not None:
            where = Query(query, ((*where.clauses, *self.also.clauses) if where else self.also.clauses))
        return self.session.store.counts(self.table.name, self.session.scope, field, where)

    def rows(self) -> Sequence[Any]:
        """All records, at most `MOST_ROWS`."""
        found = self.session.store.records(self.table.name, self.session.scope, self.also, limit=MOST_ROWS)
        return [seen.record for seen in found if not seen.is_gone]
