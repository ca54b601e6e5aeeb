"""Where the answers of several deployments to one payload differ, field by field. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

import msgspec

from services.depth import is_too_deep

MOST = 2_000
"""Fields of one answer that are compared."""
DEEPEST = 64


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field of the answers: its path, `predictions[0].score`, and its value as JSON in each of them.

    None where an answer does not have it.
    """

    path: str
    values: tuple[str | None, ...]

    @property
    def differs(self) -> bool:
        """Whether the answers do not agree on it."""
        return len(set(self.values)) > 1


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """All fields of several answers, in the order of the first. `left_out` counts those beyond what is compared."""

    fields: tuple[Field, ...]
    left_out: int = 0

    @property
    def differing(self) -> int:
        """How many fields differ."""
        return sum(one.differs for one in self.fields)


def compare_answers(bodies: Sequence[bytes]) -> Difference:
    """Return the fields of several answers beside each other. What is no JSON is one field, its text."""
    flat = [dict(_fields(body)) for body in bodies]
    paths = list(dict.fromkeys(path for fields in flat for path in fields))
    made = (Field(path=path, values=tuple(fields.get(path) for fields in flat)) for path in paths[:MOST])
    return Difference(fields=tuple(made), left_out=max(0, len(paths) - MOST))


def _fields(body: bytes) -> Iterator[tuple[str, str]]:
    try:
        if is_too_deep(body, DEEPEST):
            raise ValueError
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        yield "", body.decode("utf-8", "replace")
        return
    yield from _walk("", found)


def _walk(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for name, inner in cast("dict[str, Any]", value).items():
            yield from _walk(f"{path}.{name}" if path else name, inner)
    elif isinstance(value, list) and value:
        for place, inner in enumerate(cast("list[Any]", value)):
            yield from _walk(f"{path}[{place}]", inner)
    else:
        yield path, msgspec.json.encode(value).decode()
