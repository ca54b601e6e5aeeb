"""What tells rows apart: the params and tags that are not the same in all of them. Pure reasoning over records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from app.columns import is_azures_own
from cache.table import Field, fields_of

MOST = 6
"""Columns that are made of what differs: more is no answer but a second table."""


def distinguishing(records: Sequence[Any], most: int = MOST) -> list[str]:
    """The names that vary among records of one type, as `param.lr`: what tells most pairs of them apart comes first.

    What explains a row (params, tags) comes before what came out of it (metrics). A value that is not known tells
    nothing apart.
    """
    found: list[tuple[bool, float, int, str]] = []
    for place, field in enumerate(_fields(records[0]) if records else ()):
        held = [_held(record, field) for record in records]
        for name in dict.fromkeys(name for pairs in held for name in pairs):
            apart = 0 if is_azures_own(name) else _told_apart([pairs.get(name) for pairs in held])
            if apart:
                found.append((field.is_numeric, -apart, place, f"{field.reach}.{name}"))
    return [name for *_, name in sorted(found)[:most]]


def has_pairs(record: Any) -> bool:
    """Whether a record has a param, tag or metric of its own that could differ from another's."""
    return any(not is_azures_own(name) for field in _fields(record) for name in _held(record, field))


def _fields(record: object) -> list[Field]:
    return [field for field in fields_of(type(record)).values() if field.kind == "pairs"]


def _held(record: Any, field: Field) -> Mapping[str, object]:
    return getattr(record, field.name) or {}


def _told_apart(values: Sequence[object]) -> float:
    """How many pairs of records have two known values that are not the same."""
    counted = Counter(value for value in values if value is not None)
    known = counted.total()
    return (known * known - sum(count * count for count in counted.values())) / 2
