"""`summarize`: rows in groups, and what is worked out of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from services.emulator.kql.aggregates import NAMES, Aggregate, aggregated, percentile, row_with
from services.emulator.kql.binding import Scope, bind
from services.emulator.kql.bound import Bound
from services.emulator.kql.kinds import Column, Row, empty
from services.emulator.kql.relation import Relation, unlike
from services.emulator.kql.tree import Call, Name, Named, Node, Star, Step

Work = Callable[[Sequence[Row]], tuple[Any, ...]]


class Part(msgspec.Struct, frozen=True):
    """One item of a `summarize`: its columns and what fills them."""

    columns: tuple[Column, ...]
    work: Work


def summarize(step: Step, given: Relation, scope: Scope) -> Relation:
    """Return a row for each group. Raises SemanticFault."""
    keys = [_key(node, scope) for node in step.by]
    parts = [_part(node, scope, {column.name for column, _ in keys}) for node in step.items]
    columns: list[Column] = []
    for column in (*(column for column, _ in keys), *(column for part in parts for column in part.columns)):
        columns.append(Column(unlike(column.name, [one.name for one in columns]), column.kind))
    gets = [value.get for _, value in keys]
    groups: dict[Row, list[Row]] = {} if step.has_by else {(): []}
    for row in given.rows:
        groups.setdefault(tuple(get(row) for get in gets), []).append(row)
    rows = [
        (*key, *(value for part in parts for value in part.work(members))) for key, members in groups.items()
    ]  # fmt: skip
    return Relation(tuple(columns), rows)


def name_of(value: Bound, number: int) -> str:
    """Return what a column is called that nobody named."""
    return value.name or f"Column{number}"


def _key(node: Node, scope: Scope) -> tuple[Column, Bound]:
    name = node.names[0] if isinstance(node, Named) else ""
    value = bind(node.value if isinstance(node, Named) else node, scope)
    if value.kind == "dynamic":
        message = (
            f"Summarize group key '{name or value.name}' is of a 'dynamic' type. Please use an explicit cast as "
            "grouping by a 'dynamic' type is not supported."
        )
        raise scope.fault(message, "SEM0139")
    return Column(name or name_of(value, 1), value.kind), value


def _part(node: Node, scope: Scope, keys: set[str]) -> Part:
    names, value = (node.names, node.value) if isinstance(node, Named) else ((), node)
    if isinstance(value, Call) and value.name in ("arg_max", "arg_min"):
        return _renamed(_row_with(value, scope, keys), names, scope)
    if isinstance(value, Call) and value.name == "percentiles":
        return _renamed(_percentiles(value, scope), names, scope)
    if len(names) > 1:
        raise scope.fault(f"{len(names)} names are given to one column", "SEM0219")
    return _expression(value, names[0] if names else "", scope)


def _renamed(part: Part, names: tuple[str, ...], scope: Scope) -> Part:
    if len(names) > len(part.columns):
        raise scope.fault(f"{len(names)} names are given to {len(part.columns)} columns", "SEM0219")
    columns = [Column(name, column.kind) for name, column in zip(names, part.columns, strict=False)]
    return Part((*columns, *part.columns[len(names) :]), part.work)


def _expression(node: Node, name: str, scope: Scope) -> Part:
    """Return an item with functions of many rows in it, such as `100.0 * countif(a) / count()`."""
    found: list[Aggregate] = []

    def slot(call: Call) -> Bound | None:
        if call.name not in NAMES:
            return None
        one = aggregated(call.name, [bind(argument, scope) for argument in call.arguments])
        found.append(one)
        place = len(found) - 1
        return Bound(kind=one.kind, get=lambda row: row[place], name=one.name)

    value = bind(node, Scope(columns=(), around=scope.around, operator=scope.operator, aggregate=slot))
    if not found:
        raise scope.fault("an aggregate function was expected", "SEM0150")

    def work(rows: Sequence[Row]) -> tuple[Any, ...]:
        return (value.get(tuple(one.work(rows) for one in found)),)

    return Part((Column(name or name_of(value, 1), value.kind),), work)


def _percentiles(call: Call, scope: Scope) -> Part:
    if len(call.arguments) < 2:
        raise scope.fault("percentiles(): function expects [2..64] argument(s).", "SEM0219")
    value, *shares = [bind(one, scope) for one in call.arguments]
    found = [percentile(value, share) for share in shares]
    columns = tuple(Column(one.name, one.kind) for one in found)
    return Part(columns, lambda rows: tuple(one.work(rows) for one in found))


def _row_with(call: Call, scope: Scope, keys: set[str]) -> Part:
    """Return the row in which a value is greatest or least: the value, and the columns that were asked for with it."""
    if not call.arguments:
        raise scope.fault(f"{call.name}(): function expects [1..64] argument(s).", "SEM0219")
    by, *others = call.arguments
    ranked = bind(by, scope)
    values = [ranked]
    for node in others:
        if isinstance(node, Star):
            left = [one.name for one in scope.columns if one.name not in keys and one.name != ranked.name]
            values += [bind(Name(at=node.at, text=name), scope) for name in left]
        else:
            values.append(bind(node, scope))
    find = row_with(call.name == "arg_max", ranked)
    columns = tuple(Column(one.name or f"{call.name}_{place}", one.kind) for place, one in enumerate(values))

    def work(rows: Sequence[Row]) -> tuple[Any, ...]:
        row = find(rows)
        return tuple(empty(one.kind) if row is None else one.get(row) for one in values)

    return Part(columns, work)
