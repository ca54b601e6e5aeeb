"""What is asked of many rows at once: counts, roll-ups, single figures, and which names there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cache import amounts, figures, groups, pairs
from cache.amounts import Amount
from cache.compile import condition
from cache.desk import Desk
from cache.groups import Group, RollUp
from cache.origins import scope_id
from cache.query import Query

Figures = list[tuple[Any, ...]]
"""Rows of single values, in the order of the fields."""


class Tallies(Desk):
    """The part of a cache that sums. All of it is for a worker, but what looks into an index once says so."""

    def counts(
        self, table: str, scope: str, by: str, where: Query | None = None, *, newest: int | None = None
    ) -> dict[str, int]:
        """How many rows have each value of a field (or `tag.team`), most first; unknown is counted under "".

        With `newest` only so many rows are counted, those that came last.
        """
        layout = self._core.layout(table)
        with self._core.lent() as db:
            found = scope_id(db, scope)
            if found is None:
                return {}
            return groups.counts(db, layout, found, by, where, newest)

    def groups(self, table: str, scope: str, by: str, where: Query | None, wanted: RollUp) -> list[Group]:
        """Roll-ups by the values of a field (or `tag.team`), the largest first: see `cache.groups`. For a worker."""
        layout = self._core.layout(table)
        with self._core.lent() as db:
            found = scope_id(db, scope)
            if found is None:
                return []
            return groups.groups(db, layout, found, by, where, wanted)

    def amounts(
        self, table: str, scope: str, by: str, where: Query | None, money: str, beside: str
    ) -> dict[str, list[Amount]]:
        """Sums of money by the values of a field (or `tag.team`): see `cache.amounts`. For a worker."""
        layout = self._core.layout(table)
        with self._core.lent() as db:
            found = scope_id(db, scope)
            return {} if found is None else amounts.amounts(db, layout, found, by, where, money, beside)

    def pair_names(self, table: str, scope: str, field: str) -> Sequence[str]:
        """Every name seen in a field of pairs: the metrics there are, for completion and for choosing columns."""
        with self._core.lent() as db:
            found = scope_id(db, scope)
            return () if found is None else pairs.known_names(db, table, found, field)

    def is_number(self, table: str, scope: str, field: str, name: str) -> bool:
        """Whether a pair of this name is a number in some row: how a column of it is aligned."""
        with self._core.lent() as db:
            found = scope_id(db, scope)
            return found is not None and pairs.is_number(db, table, found, field, name)

    def figures(self, table: str, scope: str, fields: Sequence[str], where: Query, newest: str, most: int) -> Figures:
        """Some fields of the rows that match, the latest by the time field `newest` first, at most so many.

        `metric.auc` gives the number under a name. Reads no whole record; times are aware UTC. For a worker.
        """
        layout = self._core.layout(table)
        with self._core.lent() as db:
            found = scope_id(db, scope)
            if found is None:
                return []
            return figures.read(db, layout, found, fields, condition(where, layout, found), newest, most)
