"""From the tree of a value to something that can be worked out for a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol, cast

import msgspec

from services.emulator.kql.bound import Bound, as_kind, constant
from services.emulator.kql.errors import SemanticFault
from services.emulator.kql.functions import called
from services.emulator.kql.kinds import Column, Kind, Row, empty, member
from services.emulator.kql.matching import several
from services.emulator.kql.operations import check_comparable, joined, negative
from services.emulator.kql.relation import Relation
from services.emulator.kql.tree import Between, Binary, Call, Literal, Member, Minus, Name, Node, Pipeline, Within

_TYPED_NULLS: dict[str, Kind] = {
    "int": "int", "long": "long", "real": "real", "double": "real", "bool": "bool", "string": "string"
}  # fmt: skip


class Surroundings(Protocol):
    """What is known around a value."""

    now: datetime

    def scalar(self, name: str) -> Bound | None:
        """Return the value a `let` has named."""
        ...

    def relation(self, node: Node, operator: str) -> Relation:
        """Return the rows of a table or a query."""
        ...


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Where a value stands: the columns it may name, and the operator it belongs to."""

    columns: tuple[Column, ...]
    around: Surroundings
    operator: str = ""
    aggregate: Callable[[Call], Bound | None] | None = None
    """Asked first what a function gives: inside `summarize`."""

    def fault(self, message: str, code: str = "SEM0100") -> SemanticFault:
        """Return the fault of a value here."""
        return SemanticFault(f"'{self.operator}' operator: {message}" if self.operator else message, code)


def bind(node: Node, scope: Scope) -> Bound:
    """Return a value that can be worked out for a row of the scope. Raises SemanticFault."""
    if isinstance(node, Literal):
        return constant(node.value, node.kind)
    if isinstance(node, Name):
        return _named(node, scope)
    if isinstance(node, Call):
        return _call(node, scope)
    if isinstance(node, Binary):
        return joined(node.sign, bind(node.left, scope), bind(node.right, scope))
    if isinstance(node, Minus):
        return negative(bind(node.value, scope))
    if isinstance(node, Between):
        return _between(node, scope)
    if isinstance(node, Within):
        return _within(node, scope)
    if isinstance(node, Member):
        return _member(node, scope)
    raise scope.fault("a scalar expression was expected, and a tabular one given", "SEM0043")


def _named(node: Name, scope: Scope) -> Bound:
    for place, column in enumerate(scope.columns):
        if column.name == node.text:
            return Bound(kind=column.kind, get=_taking(place), name=column.name)
    known = scope.around.scalar(node.text)
    if known is None:
        raise scope.fault(f"Failed to resolve scalar expression named '{node.text}'")
    return known


def _taking(place: int) -> Callable[[Row], Any]:
    return lambda row: row[place]


def _call(node: Call, scope: Scope) -> Bound:
    if node.name == "toscalar":
        return _scalar(node, scope)
    if scope.aggregate is not None and (found := scope.aggregate(node)) is not None:
        return found
    if node.name in _TYPED_NULLS and [one.text for one in node.arguments if isinstance(one, Name)] == ["null"]:
        return constant(empty(_TYPED_NULLS[node.name]), _TYPED_NULLS[node.name])
    return called(node.name, [bind(one, scope) for one in node.arguments], scope.around.now)


def _scalar(node: Call, scope: Scope) -> Bound:
    """Return the first value of the first row of a query."""
    if len(node.arguments) != 1:
        raise scope.fault(f"{node.name}(): function expects 1 argument(s).", "SEM0219")
    (asked,) = node.arguments
    if isinstance(asked, Name) and (known := scope.around.scalar(asked.text)) is not None:
        return known
    found = scope.around.relation(asked, scope.operator)
    if not found.columns:
        raise scope.fault("toscalar(): the expression has no columns", "SEM0100")
    first = next(iter(found.rows), None)
    return constant(empty(found.columns[0].kind) if first is None else first[0], found.columns[0].kind)


def _between(node: Between, scope: Scope) -> Bound:
    value, low, high = bind(node.value, scope), bind(node.low, scope), bind(node.high, scope)
    if low.kind == "datetime" and high.kind == "timespan":
        high = joined("+", low, high)
    both = joined("and", joined(">=", value, low), joined("<=", value, high))
    return called("not", [both], scope.around.now) if node.is_not else both


def _within(node: Within, scope: Scope) -> Bound:
    value = bind(node.value, scope)
    items = list(_items(node, scope))
    if node.sign.lstrip("!") in ("has_any", "has_all"):
        if value.kind not in ("string", "dynamic"):
            raise scope.fault(f"{node.sign}: operator requires string operands", "SEM0025")
        holds, text = several(node.sign, [str(item.get(())) for item in items]), as_kind(value, "string").get
        return Bound(kind="bool", get=lambda row: holds(text(row)))
    for item in items:
        check_comparable(value.kind, item.kind)
    is_right, folds = node.sign[0] != "!", node.sign.endswith("~")
    known = {_folded(item.get(()), folds) for item in items} - {None}
    get = value.get
    return Bound(kind="bool", get=lambda row: (_folded(get(row), folds) in known) is is_right)


def _folded(value: Any, folds: bool) -> Any:
    if isinstance(value, dict | list):
        return msgspec.json.encode(value)
    return value.lower() if folds and isinstance(value, str) else value


def _items(node: Within, scope: Scope) -> Sequence[Bound]:
    """Return what a value is held against: constants, what is in a list, or the first column of a query."""
    found: list[Bound] = []
    for item in node.items:
        is_rows = isinstance(item, Pipeline) or (isinstance(item, Name) and scope.around.scalar(item.text) is None)
        if is_rows and len(node.items) == 1:
            rows = scope.around.relation(item, scope.operator)
            return [constant(row[0], rows.columns[0].kind) for row in rows.rows]
        one = bind(item, scope)
        if not one.is_constant:
            raise scope.fault(f"{node.sign}: a constant was expected", "SEM0060")
        value = one.get(())
        spread = cast("list[Any]", value) if isinstance(value, list) else None
        found += [one] if spread is None else [constant(each, "dynamic") for each in spread]
    return found


def _member(node: Member, scope: Scope) -> Bound:
    whole, key = bind(node.whole, scope), bind(node.key, scope)
    if whole.kind != "dynamic":
        raise scope.fault(f"Path expression: the type '{whole.kind}' has no members", "SEM0024")
    get, of = whole.get, key.get
    name = f"{whole.name}_{key.get(())}" if key.is_constant and whole.name else ""
    return Bound(kind="dynamic", get=lambda row: member(get(row), of(row)), name=name)
