"""Small pieces of SQL text. Values are always bound; only names from the records' fields are written into it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

MANY = 500
"""How many values go into one IN (…): well below the 999 of the oldest SQLite."""


def marks(values: Sequence[object]) -> str:
    """As many question marks as values, for IN (…)."""
    return ", ".join("?" * len(values))


def batched(values: Sequence[T], size: int = MANY) -> Iterator[tuple[T, ...]]:
    """The values in order, `size` at a time."""
    rest = iter(values)
    while some := tuple(islice(rest, size)):
        yield some
