"""The line a key stands on: Python's TOML reader tells it for broken files only."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

Place = tuple[str | int, ...]
"""A key by its way from the top; a number counts the tables of a list."""

_HEADER = re.compile(r"\s*(\[\[?)(.+?)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")


def line_of(text: str, place: Place) -> int | None:
    """Return the number of the line a key stands on, from 1; None when it cannot be told."""
    found: int | None = None
    for number, here in _places(text):
        if here == place:
            return number
        if found is None and here[: len(place)] == place:
            found = number
    return found


def _places(text: str) -> Iterator[tuple[int, Place]]:
    above: Place = ()
    counts: dict[Place, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header is not None:
            above = _way(f"{header[2]} = 0")
            if header[1] == "[[":
                counts[above] = counts.get(above, -1) + 1
                above = (*above, counts[above])
            yield number, above
        elif key is not None:
            yield number, (*above, *_way(f"{key[1]} = 0"))


def _way(assignment: str) -> Place:
    """The names of a dotted key, quoted or not, as the TOML reader sees them."""
    try:
        table: Any = tomllib.loads(assignment)
    except tomllib.TOMLDecodeError:
        return ()
    names: list[str] = []
    while isinstance(table, Mapping):
        name, table = next(iter(table.items()))  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        names.append(str(name))  # pyright: ignore[reportUnknownArgumentType]
    return tuple(names)
