"""What stands between two values: arithmetic, comparing, and, or."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from services.emulator.kql.bound import Bound, as_kind, constant
from services.emulator.kql.errors import SemanticFault
from services.emulator.kql.kinds import NUMBERS, Kind, Row, wider
from services.emulator.kql.matching import MATCHES, matcher

Operation = Callable[[Any, Any], Any]

_ORDERS: dict[str, Operation] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_SUMS: dict[tuple[str, Kind, Kind], Kind] = {
    ("+", "datetime", "timespan"): "datetime", ("+", "timespan", "datetime"): "datetime",
    ("-", "datetime", "timespan"): "datetime", ("-", "datetime", "datetime"): "timespan",
    ("+", "timespan", "timespan"): "timespan", ("-", "timespan", "timespan"): "timespan",
    ("/", "timespan", "timespan"): "real",
}  # fmt: skip
"""What time and lengths of time give; with numbers below."""


def joined(sign: str, left: Bound, right: Bound) -> Bound:
    """Return what a sign or word between two values gives. Raises SemanticFault where they do not fit."""
    if sign in ("and", "or"):
        return _logic(sign, _truth(left, sign), _truth(right, sign))
    if sign in ("+", "-", "*", "/", "%"):
        return _arithmetic(sign, left, right)
    if sign in ("==", "!=", *_ORDERS):
        return _comparison(sign, left, right)
    return _match(sign, left, right)


def made(kind: Kind, left: Bound, right: Bound, work: Operation) -> Bound:
    """Return two values put together; null where one is null."""
    first, second = left.get, right.get

    def get(row: Row) -> Any:
        a, b = first(row), second(row)
        return None if a is None or b is None else work(a, b)

    if left.is_constant and right.is_constant:
        return constant(get(()), kind)
    return Bound(kind=kind, get=get)


def _truth(value: Bound, sign: str) -> Bound:
    if value.kind not in ("bool", "dynamic", *NUMBERS):
        raise SemanticFault(f"Operator '{sign}': expression of type '{value.kind}' cannot be used as 'bool'", "SEM0067")
    return as_kind(value, "bool")


def _logic(sign: str, left: Bound, right: Bound) -> Bound:
    first, second, decides = left.get, right.get, sign == "or"

    def get(row: Row) -> bool | None:
        a = first(row)
        if a is decides:
            return decides
        b = second(row)
        return decides if b is decides else None if a is None or b is None else b

    return Bound(kind="bool", get=get, is_constant=left.is_constant and right.is_constant)


def _known(left: Bound, right: Bound) -> tuple[Bound, Bound]:
    """Return both, a dynamic value as one of the other's kind."""
    if left.kind == "dynamic" and right.kind != "dynamic":
        return as_kind(left, right.kind), right
    if right.kind == "dynamic" and left.kind != "dynamic":
        return left, as_kind(right, left.kind)
    return left, right


def _arithmetic(sign: str, left: Bound, right: Bound) -> Bound:
    left, right = _known(left, right)
    if left.kind in NUMBERS and right.kind in NUMBERS:
        kind: Kind = "real" if "real" in (left.kind, right.kind) else "long"
        return made(kind, left, right, _NUMERIC[sign] if kind == "real" else _WHOLE[sign])
    if (kind_of_times := _SUMS.get((sign, left.kind, right.kind))) is not None:
        return made(kind_of_times, left, right, _caught(_TIMES[sign]))
    if sign in ("*", "/") and left.kind == "timespan" and right.kind in NUMBERS:
        return made("timespan", left, right, _caught(_TIMES[sign]))
    if sign == "*" and left.kind in NUMBERS and right.kind == "timespan":
        return made("timespan", left, right, _caught(operator.mul))
    message = f"Operator '{sign}' cannot be applied to operands of type '{left.kind}' and '{right.kind}'"
    raise SemanticFault(message, "SEM0064")


def _divided(a: float, b: float) -> float:
    try:
        return a / b
    except ZeroDivisionError:
        return float("nan") if a == 0 or a != a else float("inf") if a > 0 else float("-inf")


def _whole_divided(a: int, b: int) -> int | None:
    """Return a quotient whose fraction is cut off, towards zero; null for a division by zero."""
    return None if b == 0 else abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def _rest(a: float, b: float) -> float | None:
    return None if b == 0 else a % abs(b)


def _caught(work: Operation) -> Operation:
    """Return an operation whose result, where it is no time any more, is null."""

    def safe(a: Any, b: Any) -> Any:
        try:
            return work(a, b)
        except (OverflowError, ZeroDivisionError):
            return None

    return safe


def _in_64_bits(work: Operation) -> Operation:
    return lambda a, b: (work(a, b) + (1 << 63)) % (1 << 64) - (1 << 63)


_NUMERIC: dict[str, Operation] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": _divided, "%": _rest
}  # fmt: skip
_WHOLE: dict[str, Operation] = {
    **{sign: _in_64_bits(_NUMERIC[sign]) for sign in "+-*"}, "/": _whole_divided, "%": _rest
}  # fmt: skip
_TIMES: dict[str, Operation] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": lambda a, b: a / b
}  # fmt: skip


def check_comparable(left: Kind, right: Kind) -> None:
    """Raise the SemanticFault of two kinds that cannot be held against each other."""
    if wider(left, right) is None and {left, right} != {"bool", "long"}:
        message = f"Cannot compare values of types {left} and {right}. Try adding explicit casts"
        raise SemanticFault(message, "SEM0064")


def _comparison(sign: str, left: Bound, right: Bound) -> Bound:
    left, right = _known(left, right)
    check_comparable(left.kind, right.kind)
    if sign in _ORDERS:
        return made("bool", left, right, _ORDERS[sign])
    first, second, is_same = left.get, right.get, sign == "=="

    def get(row: Row) -> bool | None:
        a, b = first(row), second(row)
        return None if a is None and b is None else (a == b) is is_same

    if left.is_constant and right.is_constant:
        return constant(get(()), "bool")
    return Bound(kind="bool", get=get)


def _match(sign: str, left: Bound, right: Bound) -> Bound:
    for value in (left, right):
        if value.kind not in ("string", "dynamic"):
            message = f"{sign}: operator requires string operands, but was given an expression of type '{value.kind}'"
            raise SemanticFault(message, "SEM0025")
    left, right = as_kind(left, "string"), as_kind(right, "string")
    if right.is_constant:
        holds, get = matcher(sign, right.get(())), left.get
        return Bound(kind="bool", get=lambda row: holds(get(row)))
    if sign.lstrip("!") not in MATCHES:
        raise SemanticFault(f"{sign}: the pattern must be a constant", "SEM0060")
    first, second = left.get, right.get
    return Bound(kind="bool", get=lambda row: matcher(sign, second(row))(first(row)))


def negative(value: Bound) -> Bound:
    """Return a value with its sign changed. Raises SemanticFault for what has none."""
    if value.kind == "timespan":
        return made("timespan", constant(timedelta(0), "timespan"), value, operator.sub)
    return _arithmetic("-", constant(0, "long"), value)
