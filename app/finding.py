"""From a filter text to rows: the one place where the deck asks the cache. What may take long says so: for workers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Protocol, cast

from app.estimating import costs_by
from app.session import Session
from app.source_rows import SOURCE_TABLE, source_rows
from app.source_state import SourceState
from app.sources import SOURCES
from app.states import Without, ranked
from app.sums import Sums
from app.tables import TABLES
from cache.groups import Group, RollUp, is_countable
from cache.history import Past
from cache.origins import Provenance
from cache.query import Problem, Query, fields, parse, tokens
from cache.table import Field, Table, fields_of
from services.estimates import Sum
from widgets.pane import Line, Look, Pane, Rows
from widgets.safe import safe

_TABLES = {table.name: table for table in TABLES}
_FILLS = {source.name: source.table.name for source in SOURCES}
"""Which source fills which table."""
VALUES_OF = 20_000
"""The newest rows whose values are offered: a tenth of a second, however many there are."""


class Found(Rows, Protocol):
    """Rows for a table widget that are counted on a worker first. See `cache.view`."""

    def peek(self) -> None:
        """Find the first rows, on a worker thread, to be shown before they are counted."""
        ...

    def prepare(self) -> None:
        """Count, on a worker thread."""
        ...

    def cancel(self) -> None:
        """Stop counting: nobody wants to know any more."""
        ...

    def total(self) -> int | None:
        """How many rows there are without the filter; None while unknown."""
        ...


def conditions(text: str) -> list[str]:
    """The conditions of a filter, one text each; alternatives joined by `|` are one."""
    groups: list[str] = []
    joins = False
    for token in (found[0] for found in tokens(text)):
        if token == "|":
            joins = bool(groups)
        elif joins:
            groups[-1] += f" | {token}"
            joins = False
        else:
            groups.append(token)
    return groups


class Finder:
    """Asks one session's cache for the rows of panes. Cheap to make; holds nothing but the session."""

    def __init__(self, session: Session, states: Callable[[], Mapping[str, SourceState]], everywhere: str = "") -> None:
        self._session = session
        self._states = states
        self._everywhere = everywhere
        """The filter that applies in every pane that understands it."""

    def table(self, pane: Pane[Any]) -> Table:
        """The table a pane shows."""
        return _TABLES.get(pane.table, SOURCE_TABLE)

    def parse(self, pane: Pane[Any], text: str) -> Query:
        """What a filter text means for a pane."""
        return parse(text, self.table(pane), now=self._session.now())

    def problems(self, pane: Pane[Any], text: str) -> tuple[Problem, ...]:
        """What of a filter text is not understood."""
        return () if self.table(pane) is SOURCE_TABLE else self.parse(pane, text).problems

    def why_not_everywhere(self, pane: Pane[Any]) -> str:
        """Why the filter of all panes does not apply in this one; empty when it does, or when there is none."""
        if not self._everywhere:
            return ""
        if self.table(pane) is SOURCE_TABLE:
            return "Sources are not filtered by it."
        problems = self.parse(pane, self._everywhere).problems
        return problems[0].message if problems else ""

    def _also(self, pane: Pane[Any]) -> Query | None:
        """The filter of all panes, where it applies."""
        applies = self._everywhere and not self.why_not_everywhere(pane)
        return self.parse(pane, self._everywhere) if applies else None

    def _query(self, pane: Pane[Any], text: str) -> Query:
        """What rows have to match: the text, and the filter of all panes."""
        own, also = self.parse(pane, text), self._also(pane)
        return own if also is None else Query(own.text, (*own.clauses, *also.clauses), own.problems)

    def fields(self, pane: Pane[Any]) -> tuple[str, ...]:
        """What a condition may begin with."""
        return fields(self.table(pane))

    def rows(self, pane: Pane[Any], text: str, order: str) -> Found:
        """The rows of a pane, filtered and ordered; not counted yet."""
        if self.table(pane) is SOURCE_TABLE:
            return source_rows(self._states(), text, order)
        found = self._session.store.view(pane.table, self._session.scope, self._query(pane, text), order)
        # A view's rows are named tuples of the cache's own, equal to `widgets.pane.Row` field by field.
        return cast("Found", found)

    def every(
        self, pane: Pane[Any], text: str, order: str, keys: Collection[str] | None = None
    ) -> tuple[int, Iterator[Any]]:
        """How many records match, and each in order as it is when it is reached; with `keys` those instead.

        Sorts: for a worker.
        """
        if self.table(pane) is SOURCE_TABLE:
            rows = source_rows(self._states(), "" if keys else text, order).rows
            records = [row.record for row in rows if keys is None or row.key in keys]
            return len(records), iter(records)
        store, scope = self._session.store, self._session.scope
        where = self.parse(pane, text) if keys is None else None
        numbers = store.numbers(pane.table, scope, where, order, include_gone=keys is not None, keys=keys)
        return len(numbers), (seen.record for seen in store.numbered(pane.table, numbers))

    def count(self, pane: Pane[Any], text: str) -> int:
        """How many rows match. Counts: for a worker."""
        found = self.rows(pane, text, "")
        found.prepare()
        return found.count() or 0

    def records(self, pane: Pane[Any], keys: Collection[str]) -> list[Any]:
        """The records under these keys, gone or not, as they are now. Reads a row each: for a worker."""
        if self.table(pane) is SOURCE_TABLE:
            return []
        found = (self._session.store.get(pane.table, self._session.scope, key) for key in keys)
        return [seen.record for seen in found if seen is not None]

    def document(self, pane: Pane[Any], key: str) -> bytes | None:
        """Azure's own document a row was read from, redacted; None for rows made here. Reads one row."""
        if self.table(pane) is SOURCE_TABLE:
            return None
        return self._session.store.document(pane.table, self._session.scope, key)

    def origin(self, pane: Pane[Any], key: str) -> Provenance | None:
        """Where a row came from; None for rows made here. Reads one row."""
        if self.table(pane) is SOURCE_TABLE:
            return None
        seen = self._session.store.get(pane.table, self._session.scope, key)
        return seen.provenance if seen is not None else None

    def past(self, pane: Pane[Any], key: str) -> list[Past]:
        """What a row was before, oldest first."""
        if self.table(pane) is SOURCE_TABLE:
            return []
        return self._session.store.history(pane.table, self._session.scope, key)

    def verdict(self, pane: Pane[Any], look: Look) -> Line:
        """The line above a pane's table; empty before it was ever read. Sums over the table: for a worker."""
        if pane.verdict is None or not self._was_read(pane):
            return ()
        return pane.verdict(Sums(self._session, self.table(pane), self._also(pane)), look)

    def _was_read(self, pane: Pane[Any]) -> bool:
        # That nothing is wrong, or nothing billed, may be said only by someone who looked.
        known = self._session.store.sources(self._session.scope)
        filling = (name for name in pane.sources if _FILLS.get(name) == pane.table)
        return any(name in known and known[name].last_ok is not None for name in filling)

    def values(self, pane: Pane[Any], field: str) -> list[str]:
        """Values of a field, the most frequent first, for completion. Reads the newest rows: for a worker."""
        table = self.table(pane)
        if table is SOURCE_TABLE or not is_countable(table, field):
            return []
        counted = self._session.store.counts(table.name, self._session.scope, field, newest=VALUES_OF)
        return [value for value in counted if value]

    def names(self, pane: Pane[Any], field: str) -> list[str]:
        """Names seen in a field of pairs: which metrics, parameters or tags there are."""
        if self.table(pane) is SOURCE_TABLE:
            return []
        return list(self._session.store.pair_names(pane.table, self._session.scope, field))

    def groups(self, pane: Pane[Any], text: str, by: str) -> list[Group]:
        """The rows that match by the values of a field, with roll-ups. Sums: for a worker."""
        own = fields_of(pane.record)
        split = next((name for name in ("status", "state") if name in own), "")
        order = pane.order.removeprefix("-")
        latest = order if order in own and own[order].kind == "time" else ""
        total = "duration" if "duration" in own else ""
        session = self._session
        where = self._query(pane, text)
        return session.store.groups(pane.table, session.scope, by, where, RollUp(split, total, latest))

    def costs(self, pane: Pane[Any], text: str, by: str) -> dict[str, Sum]:
        """What the rows that match cost by the values of a field; nothing where rows have none. Sums: for a worker."""
        session = self._session
        return costs_by(session.store, session.scope, self.table(pane), self._query(pane, text), by)

    def countable(self, pane: Pane[Any]) -> list[str]:
        """What rows can be grouped by: fields with few enough values to be worth it, then tags and params."""
        kinds = ("text", "bool", "int")
        own = [field.name for field in fields_of(pane.record).values() if field.kind in kinds]
        return [] if self.table(pane) is SOURCE_TABLE else own

    def reaches(self, pane: Pane[Any]) -> list[str]:
        """Every metric, param and tag seen in a pane's rows, as `metric.auc`: for a worker."""
        store, scope = self._session.store, self._session.scope
        pairs = [field for field in fields_of(pane.record).values() if field.kind == "pairs"]
        table = self.table(pane)
        if table is SOURCE_TABLE:
            return []
        return [f"{field.reach}.{name}" for field in pairs for name in store.pair_names(table.name, scope, field.name)]

    def is_number(self, pane: Pane[Any], field: Field, name: str) -> bool:
        """Whether a param or tag of this name is a number somewhere. One look into an index."""
        return self._session.store.is_number(pane.table, self._session.scope, field.name, name)

    def without(self, pane: Pane[Any], text: str) -> list[Without]:
        """How many rows match when one condition is left out, the most helpful first. Counts: for a worker."""
        parts = conditions(text)
        drops: list[Without] = []
        for index, part in enumerate(parts):
            rest = " ".join(parts[:index] + parts[index + 1 :])
            found = self.rows(pane, rest, "")
            found.prepare()
            drops.append(Without(safe(part), rest, found.count()))
        if self._also(pane) is not None:
            bare = Finder(self._session, self._states)
            drops.append(Without(safe(f"// {self._everywhere}"), text, bare.count(pane, text), is_everywhere=True))
        return ranked(drops)
