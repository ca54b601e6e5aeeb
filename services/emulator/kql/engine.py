"""Queries evaluated over tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from services.emulator.kql.binding import Scope, bind
from services.emulator.kql.bound import Bound, constant
from services.emulator.kql.errors import MissingTable, SemanticFault, too_many_bytes, too_many_rows
from services.emulator.kql.kinds import NUMBERS, Column, Kind, Row, sent
from services.emulator.kql.operators import applied, project, stacked
from services.emulator.kql.parser import parse
from services.emulator.kql.relation import Database, Relation, Window
from services.emulator.kql.tree import Datatable, Name, Named, Node, Pipeline, Print, Query, Range, Step, Union
from services.emulator.kql.windows import keeps_time, window_of

MOST_ROWS, MOST_BYTES = 500_000, 100_000_000
"""What one answer may hold; the rest is left out and said so."""
TIMES = ("TimeGenerated", "timestamp")
"""The columns a table may have its time in."""

Json = dict[str, Any]


def evaluated(
    text: str,
    database: Database,
    now: datetime,
    window: Window | None = None,
    *,
    most_rows: int = MOST_ROWS,
    most_bytes: int = MOST_BYTES,
) -> Json:
    """Return the answer to a query, as it is sent. Raises QueryFault for one that is not evaluated."""
    try:
        found = _Engine(database, now, window or Window()).query(parse(text))
        return _sent(found, most_rows, most_bytes)
    except RecursionError as error:
        raise SemanticFault("The query is nested too deeply.", "SEM0001") from error


def _sent(found: Relation, most_rows: int, most_bytes: int) -> Json:
    rows: list[list[Any]] = []
    size, error = 0, None
    for row in found.rows:
        if len(rows) == most_rows:
            error = too_many_rows(most_rows)
            break
        cells = [sent(value, column.kind) for value, column in zip(row, found.columns, strict=True)]
        size += sum(len(cell) if isinstance(cell, str) else 8 for cell in cells)
        if size > most_bytes:
            error = too_many_bytes(most_bytes)
            break
        rows.append(cells)
    columns = [{"name": column.name, "type": column.kind} for column in found.columns]
    answer: Json = {"tables": [{"name": found.name, "columns": columns, "rows": rows}]}
    return answer if error is None else {**answer, "error": error}


class _Engine:
    """Evaluates one query."""

    def __init__(self, database: Database, now: datetime, window: Window) -> None:
        self.now = now
        self._database = database
        self._window = window
        self._scalars: dict[str, Bound] = {}
        self._tables: dict[str, Node] = {}
        self._kept: dict[str, Relation] = {}

    def query(self, query: Query) -> Relation:
        """Return the rows that are asked for."""
        for let in query.lets:
            if isinstance(let.value, Pipeline) or (isinstance(let.value, Name) and self._is_table(let.value.text)):
                self._tables[let.name] = let.value
            else:
                self._scalars[let.name] = self._constant(let.value)
        return self.relation(query.asked, "")

    def scalar(self, name: str) -> Bound | None:
        """Return the value a `let` has named."""
        return self._scalars.get(name)

    def relation(self, node: Node, operator: str) -> Relation:
        """Return the rows of a table or a query."""
        return self._rows(node, operator, Window())

    def _constant(self, node: Node) -> Bound:
        value = bind(node, Scope(columns=(), around=self))
        return constant(value.get(()), value.kind)

    def _is_table(self, name: str) -> bool:
        is_ours = name in self._tables or name in self._kept
        return name not in self._scalars and (is_ours or self._database.columns(name) is not None)

    def _rows(self, node: Node, operator: str, window: Window) -> Relation:
        if isinstance(node, Name):
            return self._table(node.text, operator, window)
        if isinstance(node, Union):
            return self._union(node, window)
        if isinstance(node, Pipeline):
            return self._piped(node, operator, window)
        if isinstance(node, Print):
            scope = Scope(columns=(), around=self, operator="print")
            return project(Step(at=node.at, operator="print", items=_numbered(node.items)), Relation((), [()]), scope)
        if isinstance(node, Range):
            return self._range(node)
        if isinstance(node, Datatable):
            return Relation(node.columns, node.rows)
        raise SemanticFault("a tabular expression was expected, and a scalar one given", "SEM0043")

    def _piped(self, node: Pipeline, operator: str, window: Window) -> Relation:
        asked = window_of(node.steps, Scope(columns=(), around=self), TIMES)
        first = node.steps[0].operator if node.steps else operator
        given = self._rows(node.source, first, asked.within(window) if keeps_time(node.steps, TIMES) else asked)
        for step in node.steps:
            given = self._stepped(step, given)
        return given

    def _stepped(self, step: Step, given: Relation) -> Relation:
        if step.operator == "as":
            kept = Relation(given.columns, list(given.rows), given.name)
            self._kept[step.name] = kept
            return kept
        if step.operator == "union":
            (union,) = step.items
            assert isinstance(union, Union)
            legs = [given, *self._legs(union, Window())]
            return stacked(legs, union.source_name, union.is_inner)
        return applied(step, given, Scope(columns=given.columns, around=self, operator=step.operator))

    def _table(self, name: str, operator: str, window: Window) -> Relation:
        if name in self._kept:
            return self._kept[name]
        if name in self._tables:
            return self._rows(self._tables[name], operator, window)
        columns = self._database.columns(name)
        if columns is None:
            raise MissingTable(operator, name)
        asked = window.within(self._window)
        rows = _in_window(self._database.rows(name, asked), columns, self._window)
        return Relation(columns, rows)

    def _union(self, union: Union, window: Window) -> Relation:
        return stacked(self._legs(union, window), union.source_name, union.is_inner)

    def _legs(self, union: Union, window: Window) -> list[Relation]:
        """Return the tables of a union; where it is fuzzy, without those that are not there."""
        found: list[Relation] = []
        for number, leg in enumerate(union.legs):
            try:
                one = self._rows(leg, "union", window)
            except MissingTable:
                if not union.is_fuzzy:
                    raise
                continue
            found.append(msgspec.structs.replace(one, name=_name_of(leg) or f"union_arg{number}"))
        return found

    def _range(self, node: Range) -> Relation:
        start, stop, step = (self._constant(one) for one in (node.start, node.stop, node.step))
        kind = _kind_of_range(start, stop, step)
        first, last, by = start.get(()), stop.get(()), step.get(())

        def rows() -> Iterator[Row]:
            value = first
            if value is None or last is None or by is None:
                return
            zero = by - by
            while by != zero and (value <= last if by > zero else value >= last):
                yield (value,)
                value = value + by

        return Relation((Column(node.name, kind),), rows())


def _name_of(leg: Node) -> str | None:
    """Return the name of a table that goes into a union as it is."""
    source = leg.source if isinstance(leg, Pipeline) and not leg.steps else None
    return source.text if isinstance(source, Name) else None


def _kind_of_range(start: Bound, stop: Bound, step: Bound) -> Kind:
    """Return the kind of values in even steps. Raises SemanticFault for values that cannot be counted through."""
    is_number = {start.kind, stop.kind, step.kind} <= set(NUMBERS)
    is_time = start.kind == stop.kind and start.kind in ("datetime", "timespan") and step.kind == "timespan"
    if not is_number and not is_time:
        raise SemanticFault(f"range(): cannot count from '{start.kind}' to '{stop.kind}' by '{step.kind}'", "SEM0220")
    return start.kind if start.kind == stop.kind else "real"


def _numbered(items: Sequence[Node]) -> tuple[Node, ...]:
    return tuple(
        one if isinstance(one, Named) else Named(at=one.at, names=(f"print_{number}",), value=one)
        for number, one in enumerate(items)
    )


def _in_window(rows: Iterable[Row], columns: tuple[Column, ...], window: Window) -> Iterable[Row]:
    """Return the rows of the timespan of the request; a table without a time has them all."""
    place = next((at for at, column in enumerate(columns) if column.name in TIMES), None)
    if place is None or window == Window():
        return rows
    start, end = window.start, window.end
    return (
        row for row in rows
        if row[place] is not None and (start is None or row[place] >= start) and (end is None or row[place] <= end)
    )  # fmt: skip
