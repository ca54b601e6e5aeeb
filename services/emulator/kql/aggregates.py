"""Functions of many rows: what `summarize` makes of each group. Nulls are passed over."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from services.emulator.kql.bound import Bound, as_kind
from services.emulator.kql.errors import SemanticFault
from services.emulator.kql.kinds import NUMBERS, Kind, Row, sent

Work = Callable[[Sequence[Row]], Any]

_MOST_ITEMS = 1_048_576


class Aggregate(msgspec.Struct, frozen=True):
    """What a function makes of the rows of a group: one value, of a kind, with its usual name."""

    name: str
    kind: Kind
    work: Work


def _values(get: Callable[[Row], Any], rows: Iterable[Row]) -> list[Any]:
    return [value for row in rows if (value := get(row)) is not None]


def _summable(name: str, value: Bound) -> Kind:
    if value.kind not in (*NUMBERS, "timespan", "dynamic"):
        message = f"{name}(): argument #1 expected to be a numeric or timespan expression, and is '{value.kind}'"
        raise SemanticFault(message, "SEM0219")
    return "long" if value.kind == "int" else "real" if value.kind == "dynamic" else value.kind


def _sum(name: str, arguments: Sequence[Bound]) -> Aggregate:
    kind = _summable(name, arguments[0])
    rows_of = _chosen(arguments[1] if len(arguments) > 1 else None)
    get, zero = as_kind(arguments[0], kind if kind != "long" else arguments[0].kind).get, arguments[0].kind

    def work(rows: Sequence[Row]) -> Any:
        values = _values(get, rows_of(rows))
        if zero == "timespan":
            return sum(values[1:], values[0]) if values else None
        return math.fsum(values) if kind == "real" else sum(values)

    return Aggregate(f"{name}_{arguments[0].name}", kind, work)


def _average(name: str, arguments: Sequence[Bound]) -> Aggregate:
    kind: Kind = "timespan" if _summable(name, arguments[0]) == "timespan" else "real"
    rows_of = _chosen(arguments[1] if len(arguments) > 1 else None)
    get = as_kind(arguments[0], kind).get

    def work(rows: Sequence[Row]) -> Any:
        values = _values(get, rows_of(rows))
        if kind == "timespan":
            return sum(values[1:], values[0]) / len(values) if values else None
        return math.fsum(values) / len(values) if values else math.nan

    return Aggregate(f"{name}_{arguments[0].name}", kind, work)


def _extreme(choose: Callable[..., Any]) -> Callable[[str, Sequence[Bound]], Aggregate]:
    def make(name: str, arguments: Sequence[Bound]) -> Aggregate:
        get, nothing = arguments[0].get, "" if arguments[0].kind == "string" else None
        work: Work = lambda rows: choose(_values(get, rows), default=nothing)  # noqa: E731
        return Aggregate(f"{name}_{arguments[0].name}", arguments[0].kind, work)

    return make


def _chosen(condition: Bound | None) -> Callable[[Sequence[Row]], Iterable[Row]]:
    if condition is None:
        return lambda rows: rows
    if condition.kind not in ("bool", "dynamic"):
        raise SemanticFault(f"the predicate is of type '{condition.kind}' and not 'bool'", "SEM0220")
    holds = as_kind(condition, "bool").get
    return lambda rows: (row for row in rows if holds(row) is True)


def _count(name: str, arguments: Sequence[Bound]) -> Aggregate:
    if not arguments:
        return Aggregate("count_", "long", len)
    rows_of = _chosen(arguments[0])
    return Aggregate("countif_", "long", lambda rows: sum(1 for _ in rows_of(rows)))


def _distinct(name: str, arguments: Sequence[Bound]) -> Aggregate:
    get, kind = arguments[0].get, arguments[0].kind
    return Aggregate(
        f"dcount_{arguments[0].name}", "long", lambda rows: len({_key(one, kind) for one in _values(get, rows)})
    )


def _key(value: Any, kind: Kind) -> Any:
    return msgspec.json.encode(value) if kind == "dynamic" else value


def _set(name: str, arguments: Sequence[Bound]) -> Aggregate:
    """Return a list of the values there are, each once for `make_set`, as the first that came."""
    get, kind = arguments[0].get, arguments[0].kind
    most = as_kind(arguments[1], "long").get(()) if len(arguments) > 1 and arguments[1].is_constant else _MOST_ITEMS
    is_set = name == "make_set"

    def work(rows: Sequence[Row]) -> list[Any]:
        values = _values(get, rows)
        found = list({_key(one, kind): one for one in reversed(values)}.values())[::-1] if is_set else values
        ordered = list(dict.fromkeys(found)) if is_set and kind != "dynamic" else found
        return [sent(one, kind) if kind != "dynamic" else one for one in ordered[: max(most or 0, 0)]]

    return Aggregate(f"{'set' if is_set else 'list'}_{arguments[0].name}", "dynamic", work)


def _any(name: str, arguments: Sequence[Bound]) -> Aggregate:
    get, kind = arguments[0].get, arguments[0].kind

    def work(rows: Sequence[Row]) -> Any:
        filled = (value for row in rows if (value := get(row)) not in (None, ""))
        return next(filled, "" if kind == "string" else None)

    return Aggregate(arguments[0].name or "any_", kind, work)


def percentile(value: Bound, percent: Bound) -> Aggregate:
    """Return the value below or at which so many percent lie: one that was there, never one between two."""
    kind = _summable("percentile", value) if value.kind != "datetime" else "datetime"
    share = as_kind(percent, "real").get(()) if percent.is_constant else None
    if share is None or not 0 <= share <= 100:
        raise SemanticFault("percentile(): argument #2 must be a constant from 0 to 100", "SEM0219")
    get = as_kind(value, kind if kind == "real" else value.kind).get

    def work(rows: Sequence[Row]) -> Any:
        values = sorted(_values(get, rows))
        return values[max(math.ceil(share / 100 * len(values)) - 1, 0)] if values else None

    written = f"{share:g}".replace(".", "_")
    return Aggregate(f"percentile_{value.name}_{written}", kind, work)


_MAKERS: dict[str, tuple[int, int, Callable[[str, Sequence[Bound]], Aggregate]]] = {
    "count": (0, 0, _count), "countif": (1, 1, _count), "sum": (1, 1, _sum), "sumif": (2, 2, _sum),
    "avg": (1, 1, _average), "avgif": (2, 2, _average), "min": (1, 1, _extreme(min)), "max": (1, 1, _extreme(max)),
    "dcount": (1, 2, _distinct), "make_set": (1, 2, _set), "make_list": (1, 2, _set), "take_any": (1, 1, _any),
    "any": (1, 1, _any),
    "percentile": (2, 2, lambda name, arguments: percentile(arguments[0], arguments[1])),
}  # fmt: skip
NAMES = frozenset({*_MAKERS, "percentiles", "arg_max", "arg_min"})


def aggregated(name: str, arguments: Sequence[Bound]) -> Aggregate:
    """Return a function of many rows that gives one value. Raises SemanticFault where its values do not fit."""
    if name not in _MAKERS:
        raise SemanticFault(f"{name}(): gives several columns and stands alone", "SEM0219")
    least, most, make = _MAKERS[name]
    if not least <= len(arguments) <= most:
        count = f"{least}" if least == most else f"[{least}..{most}]"
        raise SemanticFault(f"{name}(): function expects {count} argument(s).", "SEM0219")
    return make(name, arguments)


def row_with(is_most: bool, value: Bound) -> Callable[[Sequence[Row]], Row | None]:
    """Return what finds the row in which a value is greatest, or least."""
    get, choose = value.get, max if is_most else min

    def found(rows: Sequence[Row]) -> Row | None:
        filled = [row for row in rows if get(row) is not None]
        return choose(filled, key=get) if filled else None

    return found
