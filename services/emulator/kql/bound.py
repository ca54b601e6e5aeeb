"""A value whose kind is known and which can be worked out for a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from services.emulator.kql.errors import SemanticFault
from services.emulator.kql.kinds import Kind, Row, converted, wider


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """A value of a kind. `get` works it out for a row; a constant needs none."""

    kind: Kind
    get: Callable[[Row], Any]
    name: str = ""
    """What its column is called where nobody gives it a name."""
    is_constant: bool = False


def constant(value: Any, kind: Kind) -> Bound:
    """Return a value that is the same in every row."""
    return Bound(kind=kind, get=lambda row: value, is_constant=True)


def as_kind(value: Bound, kind: Kind) -> Bound:
    """Return a value as one of another kind."""
    if value.kind == kind or kind == "dynamic":
        return value
    get = value.get
    if value.is_constant:
        return constant(converted(get(()), kind), kind)
    return Bound(kind=kind, get=lambda row: converted(get(row), kind), name=value.name)


def alike(values: Sequence[Bound], what: str) -> tuple[Kind, tuple[Bound, ...]]:
    """Return values as ones of one kind. Raises SemanticFault where there is no such kind."""
    kind = values[0].kind
    for value in values[1:]:
        found = wider(kind, value.kind)
        if found is None:
            message = f"Call to {what}: data type ({value.kind}) must match the data type ({kind})"
            raise SemanticFault(message, "SEM0019")
        kind = found
    return kind, tuple(as_kind(value, kind) for value in values)
