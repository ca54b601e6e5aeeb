"""Functions of values: one result for one row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import msgspec

from services.emulator.kql.bound import Bound, alike, as_kind, constant
from services.emulator.kql.errors import SemanticFault
from services.emulator.kql.kinds import NUMBERS, ZERO, Kind, Row, as_dynamic, converted
from services.emulator.kql.text_functions import joined_text, replaced, substring, trimmed

Make = Callable[[Sequence[Bound]], Bound]


class Function(msgspec.Struct, frozen=True):
    """How many values a function takes and what it makes of them."""

    least: int
    most: int
    make: Make


def called(name: str, arguments: Sequence[Bound], now: datetime) -> Bound:
    """Return what a function gives. Raises SemanticFault for an unknown one and for arguments that do not fit."""
    if name == "now":
        return _shifted(now, arguments, 1)
    if name == "ago":
        _check(name, 1, 1, arguments)
        return _shifted(now, arguments, -1)
    function = FUNCTIONS.get(name)
    if function is None:
        raise SemanticFault(f"Unknown function: '{name}'.", "SEM0260")
    _check(name, function.least, function.most, arguments)
    result = function.make(arguments)
    if result.kind != "bool" and arguments and all(one.is_constant for one in arguments):
        result = constant(result.get(()), result.kind)
    names = arguments[0].name if arguments and name in _KEEPS_NAME else ""
    return msgspec.structs.replace(result, name=names)


def _check(name: str, least: int, most: int, arguments: Sequence[Bound]) -> None:
    if not least <= len(arguments) <= most:
        count = f"{least}" if least == most else f"[{least}..{most}]"
        raise SemanticFault(f"{name}(): function expects {count} argument(s).", "SEM0219")


def _shifted(now: datetime, arguments: Sequence[Bound], sign: int) -> Bound:
    by: Any = timedelta(0)
    if arguments:
        if arguments[0].kind != "timespan" or not arguments[0].is_constant:
            raise SemanticFault("ago(): argument #1 expected to be a timespan literal", "SEM0231")
        by = arguments[0].get(())
    return constant(None if by is None else now + by * sign, "datetime")


def _one(kind: Kind, work: Callable[[Any], Any], takes: Kind | None = None) -> Function:
    """Return a function of one value, which is null for null."""

    def make(arguments: Sequence[Bound]) -> Bound:
        get = (arguments[0] if takes is None else as_kind(arguments[0], takes)).get

        def worked(row: Row) -> Any:
            value = get(row)
            return None if value is None else work(value)

        return Bound(kind=kind, get=worked)

    return Function(1, 1, make)


def _to(kind: Kind) -> Function:
    return Function(1, 1, lambda arguments: _as(arguments[0], kind))


def _as(value: Bound, kind: Kind) -> Bound:
    get = value.get
    return Bound(kind=kind, get=lambda row: converted(get(row), kind))


def _parsed(arguments: Sequence[Bound]) -> Bound:
    get = arguments[0].get
    return Bound(kind="dynamic", get=lambda row: as_dynamic(get(row)))


def _case(arguments: Sequence[Bound]) -> Bound:
    """Return the value behind the first condition that holds, else the last."""
    if len(arguments) % 2 == 0:
        raise SemanticFault("case(): function expects an odd number of arguments.", "SEM0219")
    conditions = arguments[:-1:2]
    if wrong := next((one for one in conditions if one.kind not in ("bool", "dynamic")), None):
        raise SemanticFault(f"case(): the predicate is of type '{wrong.kind}' and not 'bool'", "SEM0220")
    kind, values = alike([*arguments[1:-1:2], arguments[-1]], "case()")
    pairs = [(condition.get, value.get) for condition, value in zip(conditions, values, strict=False)]
    otherwise = values[-1].get

    def chosen(row: Row) -> Any:
        for holds, value in pairs:
            if holds(row) is True:
                return value(row)
        return otherwise(row)

    return Bound(kind=kind, get=chosen)


def _coalesce(arguments: Sequence[Bound]) -> Bound:
    kind, values = alike(arguments, "coalesce()")
    *gets, last = [one.get for one in values]

    def get(row: Row) -> Any:
        return next((value for one in gets if (value := one(row)) not in (None, "")), last(row))

    return Bound(kind=kind, get=get)


def _emptiness(null: bool, wanted: bool) -> Function:
    def make(arguments: Sequence[Bound]) -> Bound:
        get, nothing = arguments[0].get, (None,) if null else (None, "")
        return Bound(kind="bool", get=lambda row: (get(row) in nothing) is wanted)

    return Function(1, 1, make)


def _not(arguments: Sequence[Bound]) -> Bound:
    get = as_kind(arguments[0], "bool").get

    def turned(row: Row) -> bool | None:
        value = get(row)
        return None if value is None else not value

    return Bound(kind="bool", get=turned)


def _bin(arguments: Sequence[Bound]) -> Bound:
    """Return a value cut down to the multiple of a step below it."""
    value, step = arguments
    is_time = value.kind in ("datetime", "timespan")
    if (is_time and step.kind != "timespan") or (not is_time and not {value.kind, step.kind} <= set(NUMBERS)):
        raise SemanticFault(f"bin(): cannot round '{value.kind}' to a multiple of '{step.kind}'", "SEM0236")
    get, width = value.get, step.get
    zero: Any = ZERO if value.kind == "datetime" else timedelta(0) if is_time else 0

    def cut(row: Row) -> Any:
        found, by = get(row), width(row)
        return None if found is None or not by else (found - zero) // by * by + zero

    kind: Kind = value.kind if is_time else "real" if "real" in (value.kind, step.kind) else value.kind
    return Bound(kind=kind, get=cut)


_PARTS: dict[str, Callable[[datetime], int]] = {
    "year": lambda at: at.year, "quarter": lambda at: at.year * 4 + (at.month - 1) // 3,
    "month": lambda at: at.year * 12 + at.month, "week": lambda at: ((at - ZERO).days + 1) // 7,
    "day": lambda at: (at - ZERO).days, "hour": lambda at: (at - ZERO) // timedelta(hours=1),
    "minute": lambda at: (at - ZERO) // timedelta(minutes=1), "second": lambda at: (at - ZERO) // timedelta(seconds=1),
    "millisecond": lambda at: (at - ZERO) // timedelta(milliseconds=1),
    "microsecond": lambda at: (at - ZERO) // timedelta(microseconds=1),
}  # fmt: skip


def _datetime_diff(arguments: Sequence[Bound]) -> Bound:
    part = str(arguments[0].get(())).lower() if arguments[0].is_constant else ""
    if part not in _PARTS:
        raise SemanticFault(f"datetime_diff(): '{part}' is not a valid period", "SEM0219")
    number = _PARTS[part]
    later, earlier = as_kind(arguments[1], "datetime").get, as_kind(arguments[2], "datetime").get

    def get(row: Row) -> int | None:
        a, b = later(row), earlier(row)
        return None if a is None or b is None else number(a) - number(b)

    return Bound(kind="long", get=get)


def _round(arguments: Sequence[Bound]) -> Bound:
    get = as_kind(arguments[0], "real").get
    digits = as_kind(arguments[1] if len(arguments) > 1 else constant(0, "long"), "long").get

    def rounded(row: Row) -> float | None:
        value, places = get(row), digits(row)
        return None if value is None or places is None else round(value, places)

    return Bound(kind="real", get=rounded)


def _length(value: Any) -> int | None:
    return len(cast("list[Any]", value)) if isinstance(value, list) else None


FUNCTIONS: dict[str, Function] = {
    "tostring": _to("string"), "toint": _to("int"), "tolong": _to("long"), "todouble": _to("real"),
    "toreal": _to("real"), "tobool": _to("bool"), "todatetime": _to("datetime"), "totimespan": _to("timespan"),
    "int": _to("int"), "long": _to("long"), "real": _to("real"), "double": _to("real"), "bool": _to("bool"),
    "string": _to("string"), "todynamic": Function(1, 1, _parsed), "parse_json": Function(1, 1, _parsed),
    "tolower": _one("string", str.lower, "string"), "toupper": _one("string", str.upper, "string"),
    "strlen": _one("long", len, "string"), "array_length": _one("long", _length),
    "strcat": Function(1, 64, joined_text), "substring": Function(2, 3, substring),
    "iff": Function(3, 3, _case), "iif": Function(3, 3, _case), "case": Function(3, 65, _case),
    "coalesce": Function(2, 64, _coalesce), "not": Function(1, 1, _not),
    "isnull": _emptiness(True, True), "isnotnull": _emptiness(True, False),
    "isempty": _emptiness(False, True), "isnotempty": _emptiness(False, False),
    "bin": Function(2, 2, _bin), "floor": Function(2, 2, _bin), "datetime_diff": Function(3, 3, _datetime_diff),
    "trim_start": Function(2, 2, trimmed), "replace_regex": Function(3, 3, replaced),
    "round": Function(1, 2, _round),
    "abs": Function(1, 1, lambda arguments: _absolute(arguments[0])),
}  # fmt: skip

_KEEPS_NAME = frozenset({"bin", "floor", "tostring", "toint", "tolong", "todouble", "toreal", "tobool", "todatetime",
                         "totimespan", "todynamic", "tolower", "toupper"})  # fmt: skip


def _absolute(value: Bound) -> Bound:
    if value.kind not in (*NUMBERS, "timespan"):
        raise SemanticFault(
            f"abs(): argument #1 expected to be a number or a timespan, and is '{value.kind}'", "SEM0219"
        )
    get = value.get
    return Bound(kind=value.kind, get=lambda row: None if (found := get(row)) is None else abs(found))
