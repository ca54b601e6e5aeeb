"""The kinds of values: how they are written, converted and sent.

Every kind but string has a null, which is None here; a string that is not there is empty.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast

import msgspec

from services.emulator.ticks import datetime_of, parse_stamp, span, stamp, ticks_of

Kind = Literal["bool", "int", "long", "real", "string", "datetime", "timespan", "dynamic"]

NUMBERS: tuple[Kind, ...] = ("int", "long", "real")
DATA_TYPES: dict[Kind, str] = {
    "bool": "System.SByte", "int": "System.Int32", "long": "System.Int64", "real": "System.Double",
    "string": "System.String", "datetime": "System.DateTime", "timespan": "System.TimeSpan", "dynamic": "System.Object",
}  # fmt: skip
Row = tuple[Any, ...]


class Column(msgspec.Struct, frozen=True):
    """A column of a table."""

    name: str
    kind: Kind


def empty(kind: Kind) -> Any:
    """Return what stands where nothing is known: null, or the empty string."""
    return "" if kind == "string" else None


def as_text(value: Any) -> str:
    """Return a value as `tostring` writes it; null is the empty string."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _real_text(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"
    if isinstance(value, timedelta):
        return _span_text(value)
    return msgspec.json.encode(value).decode() if isinstance(value, dict | list) else str(value)


def _real_text(value: float) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return f"{value:.1f}" if value == int(value) and abs(value) < 1e15 else repr(value)


def _span_text(value: timedelta) -> str:
    ticks = round(value / timedelta(microseconds=1)) * 10
    return span(ticks) if ticks >= 0 else "-" + span(-ticks)


def sent(value: Any, kind: Kind) -> Any:
    """Return a value as it stands in an answer: times and dynamic values as text, NaN as a word."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, datetime):
        return stamp(ticks_of(value), "Z")
    if kind == "dynamic" or isinstance(value, timedelta):
        return as_text(value)
    return value if not isinstance(value, float) or math.isfinite(value) else as_text(value)


def as_datetime(value: Any) -> datetime | None:
    """Return a written time, None for what is none."""
    if isinstance(value, datetime):
        return value
    ticks = parse_stamp(value) if isinstance(value, str) else None
    return None if ticks is None else datetime_of(ticks)


def as_timespan(value: Any) -> timedelta | None:
    """Return a written length of time ([-][days.]hours:minutes[:seconds]), None for what is none."""
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        return None
    text, is_less = value.strip().removeprefix("-"), value.strip().startswith("-")
    days, _, clock = text.partition(".") if "." in text.split(":")[0] else ("0", ".", text)
    try:
        hours, minutes, *seconds = clock.split(":")
        length = timedelta(
            days=int(days), hours=int(hours), minutes=int(minutes), seconds=float(seconds[0]) if seconds else 0
        )
    except (ValueError, OverflowError):
        return None
    return -length if is_less else length


def as_real(value: Any) -> float | None:
    """Return a value as a real number, None for what is none."""
    if isinstance(value, timedelta):
        return value / timedelta(microseconds=1) * 10
    try:
        return float(value) if isinstance(value, bool | int | float | str) else None
    except ValueError:
        return None


def as_whole(value: Any, bits: int) -> int | None:
    """Return a value as a whole number of so many bits, None for what is none; fractions are cut off."""
    if isinstance(value, str):
        try:
            found: int | None = int(value.strip(), 0) if value.strip().lower().startswith("0x") else int(value)
        except ValueError:
            number = as_real(value)
            found = None if number is None or not math.isfinite(number) else int(number)
    else:
        number = value if isinstance(value, int) else as_real(value)
        found = None if number is None or not math.isfinite(number) else int(number)
    return found if found is not None and -(1 << (bits - 1)) <= found < 1 << (bits - 1) else None


def as_bool(value: Any) -> bool | None:
    """Return a value as true or false, None for what is neither."""
    if isinstance(value, bool | int | float):
        return bool(value)
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).strip().lower())


def as_dynamic(value: Any) -> Any:
    """Return a JSON text as what it says; a text that is no JSON is itself."""
    if not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return value


def converted(value: Any, kind: Kind) -> Any:
    """Return a value as one of another kind; what cannot be is nothing."""
    if value is None:
        return empty(kind)
    if kind in ("int", "long"):
        return as_whole(value, 32 if kind == "int" else 64)
    others = {"string": as_text, "real": as_real, "bool": as_bool, "datetime": as_datetime, "timespan": as_timespan}
    return others[kind](value) if kind in others else value


def member(whole: Any, key: Any) -> Any:
    """Return a field or an item of a dynamic value; None where there is none."""
    if isinstance(whole, dict) and isinstance(key, str):
        return cast("dict[str, Any]", whole).get(key)
    if isinstance(whole, list) and isinstance(key, int) and not isinstance(key, bool):
        items = cast("list[Any]", whole)
        return items[key] if -len(items) <= key < len(items) else None
    return None


def wider(first: Kind, second: Kind) -> Kind | None:
    """Return the kind that holds values of both, None where there is none."""
    if first == second:
        return first
    if first in NUMBERS and second in NUMBERS:
        return NUMBERS[max(NUMBERS.index(first), NUMBERS.index(second))]
    return "dynamic" if "dynamic" in (first, second) else None


ZERO = datetime(1, 1, 1, tzinfo=UTC)
"""Where the language begins to count days."""
