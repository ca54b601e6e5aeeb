"""Single cells of the rows of a log, each as what it has to be or None."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from services.logs import Value

Row = Mapping[str, Value]


def text_of(row: Row, name: str) -> str | None:
    """Return a text, None where it is empty or not there."""
    value = row.get(name)
    return None if value is None or value == "" else str(value)


def whole_of(row: Row, name: str) -> int | None:
    """Return a whole number, None where there is none."""
    value = row.get(name)
    return int(value) if isinstance(value, int | float) else None


def real_of(row: Row, name: str) -> float | None:
    """Return a number, None where there is none."""
    value = row.get(name)
    return float(value) if isinstance(value, int | float) else None


def time_of(row: Row, name: str) -> datetime | None:
    """Return a time, None where there is none."""
    value = row.get(name)
    return value if isinstance(value, datetime) else None
