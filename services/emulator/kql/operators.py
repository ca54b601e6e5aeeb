"""What a bar does to the rows that come through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from services.emulator.kql.binding import Scope, bind
from services.emulator.kql.bound import Bound, as_kind
from services.emulator.kql.kinds import DATA_TYPES, Column, Kind, Row
from services.emulator.kql.relation import Relation, unlike
from services.emulator.kql.summary import name_of, summarize
from services.emulator.kql.tree import Named, Node, Sorted, Star, Step

_SCHEMA = (Column("ColumnName", "string"), Column("ColumnOrdinal", "int"), Column("DataType", "string"),
           Column("ColumnType", "string"))  # fmt: skip


def applied(step: Step, given: Relation, scope: Scope) -> Relation:
    """Return what a step makes of rows. Raises SemanticFault."""
    return _STEPS[step.operator](step, given, scope)


def _where(step: Step, given: Relation, scope: Scope) -> Relation:
    value = bind(step.items[0], scope)
    if value.kind not in ("bool", "dynamic", "int", "long"):
        raise scope.fault(f"the predicate is of type '{value.kind}' and not 'bool'", "SEM0220")
    holds = as_kind(value, "bool").get
    return Relation(given.columns, (row for row in given.rows if holds(row) is True))


def _named(node: Node, scope: Scope, number: int) -> tuple[str, Bound]:
    if isinstance(node, Named) and len(node.names) != 1:
        raise scope.fault(f"{len(node.names)} names are given to one column", "SEM0219")
    value = bind(node.value if isinstance(node, Named) else node, scope)
    return (node.names[0] if isinstance(node, Named) else name_of(value, number)), value


def _extend(step: Step, given: Relation, scope: Scope) -> Relation:
    columns = list(given.columns)
    places: list[int] = []
    gets: list[Callable[[Row], Any]] = []
    for number, node in enumerate(step.items, 1):
        name, value = _named(node, scope, number)
        place = next((at for at, one in enumerate(columns) if one.name == name), len(columns))
        columns[place : place + 1] = [Column(name, value.kind)]
        places.append(place)
        gets.append(value.get)
    width = len(columns)

    def rows() -> Iterator[Row]:
        for row in given.rows:
            made = [*row, *(None,) * (width - len(row))]
            for place, get in zip(places, gets, strict=True):
                made[place] = get(row)
            yield tuple(made)

    return Relation(tuple(columns), rows())


def project(step: Step, given: Relation, scope: Scope) -> Relation:
    """Return rows of the columns that are named, in their order. Raises SemanticFault."""
    columns: list[Column] = []
    gets: list[Callable[[Row], Any]] = []
    for number, node in enumerate(step.items, 1):
        name, value = _named(node, scope, number)
        columns.append(Column(unlike(name, [one.name for one in columns]), value.kind))
        gets.append(value.get)
    return Relation(tuple(columns), (tuple([get(row) for get in gets]) for row in given.rows))


def _project_away(step: Step, given: Relation, scope: Scope) -> Relation:
    gone = {bind(node, scope).name for node in step.items}
    kept = [place for place, column in enumerate(given.columns) if column.name not in gone]
    columns = tuple(given.columns[place] for place in kept)
    return Relation(columns, (tuple([row[place] for place in kept]) for row in given.rows))


def _distinct(step: Step, given: Relation, scope: Scope) -> Relation:
    if any(isinstance(node, Star) for node in step.items):
        return Relation(given.columns, list(dict.fromkeys(given.rows)))
    return summarize(Step(at=step.at, operator="distinct", by=step.items, has_by=True), given, scope)


def _number(node: Node | None, scope: Scope) -> int:
    value = None if node is None else bind(node, scope)
    if value is None or not value.is_constant or value.kind not in ("int", "long"):
        raise scope.fault("the number of rows must be a constant whole number", "SEM0060")
    return max(value.get(()) or 0, 0)


def _take(step: Step, given: Relation, scope: Scope) -> Relation:
    return Relation(given.columns, islice(given.rows, _number(step.count, scope)))


def _order(step: Step, given: Relation, scope: Scope) -> Relation:
    rows = list(given.rows)
    for node in reversed(step.by):
        assert isinstance(node, Sorted)
        value = bind(node.value, scope)
        if value.kind == "dynamic":
            raise scope.fault("rows cannot be sorted by a dynamic value: use an explicit cast", "SEM0064")
        get = value.get
        filled = [row for row in rows if get(row) is not None]
        nulls = [row for row in rows if get(row) is None]
        filled.sort(key=get, reverse=not node.is_ascending)
        rows = nulls + filled if node.nulls_first else filled + nulls
    return Relation(given.columns, rows)


def _top(step: Step, given: Relation, scope: Scope) -> Relation:
    return _take(step, _order(step, given, scope), scope)


def _count(step: Step, given: Relation, scope: Scope) -> Relation:
    return Relation((Column("Count", "long"),), [(sum(1 for _ in given.rows),)])


def _getschema(step: Step, given: Relation, scope: Scope) -> Relation:
    rows = [(one.name, at, DATA_TYPES[one.kind], one.kind) for at, one in enumerate(given.columns)]
    return Relation(_SCHEMA, rows, "getschema")


_STEPS: dict[str, Callable[[Step, Relation, Scope], Relation]] = {
    "where": _where, "extend": _extend, "project": project, "project-away": _project_away, "summarize": summarize,
    "distinct": _distinct, "take": _take, "order": _order, "top": _top, "count": _count, "getschema": _getschema,
}  # fmt: skip


def stacked(given: list[Relation], source_name: str | None, is_inner: bool) -> Relation:
    """Return the rows of several tables under each other; columns of one name and two kinds are two columns."""
    kinds: dict[str, dict[Kind, None]] = {}
    for one in given:
        for column in one.columns:
            kinds.setdefault(column.name, {})[column.kind] = None
    if is_inner:
        kinds = {name: found for name, found in kinds.items() if all(one.place(name) is not None for one in given)}
    columns: list[tuple[str, Kind, str]] = [
        (name, kind, name if len(found) == 1 else f"{name}_{kind}") for name, found in kinds.items() for kind in found
    ]

    def rows() -> Iterator[Row]:
        for number, one in enumerate(given):
            places = [
                place if (place := one.place(name)) is not None and one.columns[place].kind == kind else None
                for name, kind, _ in columns
            ]
            head = () if source_name is None else (one.name or f"union_arg{number}",)
            fill = [("" if kind == "string" else None) for _, kind, _ in columns]
            for row in one.rows:
                cells = [empty if p is None else row[p] for p, empty in zip(places, fill, strict=True)]
                yield (*head, *cells)

    first = () if source_name is None else (Column(source_name, "string"),)
    return Relation((*first, *(Column(name, kind) for _, kind, name in columns)), rows())
