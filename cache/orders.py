"""Orders over a table: which rows come first.

Unknown values come last in both directions, so an order is made of segments: the rows with a value, then those
without. For a pair: the rows where it is a number, then where it is text, then those without it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from cache import candidates, pairs
from cache.compile import Compiler, Condition, condition
from cache.schema import Layout, index_name
from cache.segments import Segment
from cache.table import Field, field_named, fields_of
from cache.tree import Equals, Query, Range

FEW = 50_000
"""Rows in a range up to which it is quicker to read them by its index than to read all."""

Select = tuple[str, tuple[Any, ...]]


class Order(NamedTuple):
    """How the rows of a view are ordered. `is_indexed`: the first are found by walking an index until there are enough.

    `is_live`: an index alone answers, with no filter beside it, none gone.
    """

    segments: tuple[Segment, ...]
    is_indexed: bool
    is_live: bool
    is_by_pair: bool = False

    def stretches(self) -> Iterator[tuple[Segment, Condition]]:
        """All rows in order, as `walk` takes them."""
        for segment in self.segments:
            yield from segment.stretches(None)


class Orders:
    """The orders of one table and scope with one filter."""

    def __init__(
        self,
        db: sqlite3.Connection,
        layout: Layout,
        scope: int,
        query: Query | None,
        *,
        has_gone: bool,
        asks_words: bool = True,
    ) -> None:
        self.db = db
        self.layout = layout
        self.table = layout.table.name
        self.scope = scope
        self.has_gone = has_gone
        self.clauses = query.clauses if query else ()
        self.base = self._condition(query)
        """The filter, to find all rows by."""
        many = candidates.many(db, layout, scope, query)
        self.walked = self._condition(query, many) if many else self.base
        """The same filter, to walk an order until there are enough."""
        self.named_by_words = candidates.condition(query, layout) if asks_words else Condition()
        few = candidates.few(db, layout, self.named_by_words)
        self.is_narrow = few is not None
        """The index of words names only a few rows: they are read at once, whatever the order."""
        self.named_by_words = few or self.named_by_words

    def _condition(self, query: Query | None, looked_up: Collection[Equals | Range] = ()) -> Condition:
        where, bound = condition(query, self.layout, self.scope, looked_up)
        gone = "" if self.has_gone else " AND t._gone = 0"
        return Condition(f"t._scope = ?{gone}{' AND ' * bool(where)}{where}", (self.scope, *bound))

    def named(self, text: str) -> Order:
        """The order a text names: `-started`, `name`, `metric.auc`. A field there is none of: by row number."""
        is_down = text.startswith("-")
        name, _, reach = text.removeprefix("-").partition(".")
        field = field_named(self.layout.table, name) if name else None
        if field and field.kind == "pairs" and reach:
            return Order(self._by_pair(field, reach, is_down), not self.is_narrow, False, True)
        return self._by_field(field, is_down)

    def all_at_once(self, text: str) -> Select:
        """One statement for every row number in the order of a field.

        It reads what the filter finds and then sorts: 2 to 7 times quicker than walking the order's index.
        """
        order = self.named(text)
        base = self.walked if self.is_narrow else self.base
        plain, join, bound = order.segments[0], "", base.bound
        direction = " DESC" if plain.is_down else ""
        if order.is_by_pair:
            join = f' LEFT JOIN "{self.table}__pairs" p ON p._row = t._row AND p.name = ?'
            bound = (plain.bound[0], *bound)
            terms = _terms_of_pair(direction)
        else:
            terms = [f"{term} IS NULL" for term in plain.terms[:1]]
            terms += [f"+{term}{direction}" for term in (*plain.terms, plain.row)]
        words = self.named_by_words
        where = f"{base.sql} AND {words.sql}" if words.sql else base.sql
        by = f'FROM "{self.table}" t{self._index_to_find_by()}{join}'
        return f"SELECT t._row {by} WHERE {where} ORDER BY {', '.join(terms)}", (*bound, *words.bound)

    def whole(self, order: Order) -> bool:
        """Whether it is quicker to walk all of an order than to read the rows and sort them: no row itself is read."""
        if order.is_by_pair:
            return not self.named_by_words.sql
        return order.is_indexed and not self.clauses

    def _by_field(self, field: Field | None, is_down: bool) -> Order:
        terms = tuple(f"t.{term}" for term in self.layout.terms(field.name)) if field else ()
        index, is_exact = self._index_to_sort_by(field.name if terms and field else "")
        is_indexed = index in self.layout.indexes and not self.has_gone and not self.is_narrow
        source = f'FROM "{self.table}" t' + (f' INDEXED BY "{index}"' if is_indexed else "")
        folded = tuple("NOCASE" in term for term in terms)
        plain = Segment(source, self.walked.sql, self.walked.bound, terms, folded, "t._row", is_down)
        segments = (plain,)
        if terms and field and field.name != self.layout.codec.key_field:
            least = "''" if field.kind in ("text", "texts", "money") else "-9e999"
            unknown = f"{self.walked.sql} AND {terms[0]} IS NULL"
            segments = (
                plain._replace(least=f"{terms[0]} >= {least}"),
                plain._replace(where=unknown, terms=(), is_folded=()),
            )
        return Order(segments, is_indexed, is_indexed and is_exact)

    def _index_to_sort_by(self, name: str) -> tuple[str, bool]:
        """The index that sorts by a field, and whether it answers the whole filter too (`experiment+started`)."""
        fields = fields_of(self.layout.table.record)
        for clause in self.clauses:
            if isinstance(clause, Equals) and fields[clause.field].kind == "text" and clause.text.isascii():
                both = index_name(self.layout.table, f"{clause.field}+{name}")
                if name and both in self.layout.indexes:
                    return both, len(self.clauses) == 1
        own = index_name(self.layout.table, name)
        if name and own not in self.layout.indexes:  # one that goes on with another field: only ties are to be sorted
            for wanted in self.layout.table.indexes:
                if wanted.startswith(f"{name}+") and self._is_made(wanted):
                    return index_name(self.layout.table, wanted), False
        return own, not self.clauses

    def _index_to_find_by(self) -> str:
        """Which index finds the filter's rows: SQLite has no statistics, and takes one that reads at random."""
        starts = {wanted.partition("+")[0] for wanted in self.layout.table.indexes if self._is_made(wanted)}
        plain = [clause for clause in self.clauses if isinstance(clause, Equals | Range) and not clause.reach]
        if any(isinstance(clause, Equals) and clause.field in starts and clause.text.isascii() for clause in plain):
            return ""
        for clause in plain:
            if not (isinstance(clause, Range) and self._is_made(clause.field)):
                continue
            by = f' INDEXED BY "{index_name(self.layout.table, clause.field)}"'
            test = Compiler(self.layout, self.scope).term(clause)
            few = f'SELECT 1 FROM "{self.table}" t{by} WHERE t._scope = ? AND t._gone = 0 AND {test.sql} LIMIT ?'
            count = self.db.execute(f"SELECT count(*) FROM ({few})", (self.scope, *test.bound, FEW + 1))
            if count.fetchone()[0] <= FEW:
                return by
        return " NOT INDEXED" if self.named_by_words.sql else self._by_row()

    def _is_made(self, fields: str) -> bool:
        return index_name(self.layout.table, fields) in self.layout.indexes

    def _by_row(self) -> str:
        index = index_name(self.layout.table, "")
        return f' INDEXED BY "{index}"' if index in self.layout.indexes else ""

    def _by_pair(self, field: Field, reach: str, is_down: bool) -> tuple[Segment, ...]:
        number = next(iter(pairs.name_ids(self.db, self.table, self.scope, field.name, reach)), -1)
        join, own, bound = "", "p.name = ?", (number,)
        if self.clauses:
            join = f' CROSS JOIN "{self.table}" t'
            own, bound = f"{own} AND t._row = p._row AND {self.walked.sql}", (number, *self.walked.bound)
        elif not self.has_gone:  # a name belongs to one scope, so only what is gone is to be left out
            own += f' AND p._row NOT IN (SELECT g._row FROM "{self.table}" g WHERE g._scope = ? AND g._gone = 1)'
            bound = (number, self.scope)
        start = f'FROM "{self.table}__pairs" p INDEXED BY "{self.table}__pairs__by__'
        least = "p.number >= -9e999"
        numbers = Segment(f'{start}number"{join}', own, bound, ("p.number",), (False,), "p._row", is_down, least)
        text = "p.value COLLATE NOCASE"
        texts = Segment(
            f'{start}value"{join}',
            f"{own} AND p.number IS NULL",
            bound,
            (text,),
            (True,),
            "p._row",
            is_down,
            f"{text} >= ''",
        )
        without = (
            f'{self.walked.sql} AND NOT EXISTS (SELECT 1 FROM "{self.table}__pairs" p WHERE p._row = t._row '
            "AND p.name = ? AND (p.number IS NOT NULL OR p.value IS NOT NULL))"
        )
        source, bound = f'FROM "{self.table}" t{self._by_row()}', (*self.walked.bound, number)
        return numbers, texts, Segment(source, without, bound, (), (), "t._row", is_down)


def _terms_of_pair(direction: str) -> list[str]:
    """Numbers first, then texts, then neither."""
    text = "CASE WHEN p.number IS NULL THEN p.value END"
    numbers = ["p.number IS NULL", f"p.number{direction}"]
    return [*numbers, f"{text} IS NULL", f"{text} COLLATE NOCASE{direction}", f"t._row{direction}"]
