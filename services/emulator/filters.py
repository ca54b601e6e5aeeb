"""The part of OData that the emulator reads: `field op value`, joined by `and`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from services.emulator.ticks import parse_stamp

Value = str | int | bool | None

_CLAUSE = re.compile(
    r"\s*\(?\s*(?P<field>[A-Za-z][\w./]*)\s+(?P<op>eq|ne|gt|ge|lt|le)\s+"
    r"(?P<value>(?:datetime|datetimeoffset|guid)?'(?:[^']|'')*'|[^\s)']+)\s*\)?\s*",
    re.IGNORECASE,
)
_AND = re.compile(r"and(?=[\s(])", re.IGNORECASE)


class Clause(NamedTuple):
    """One comparison. `field` is in lower case; a value of a time field is ticks."""

    field: str
    op: str
    value: Value

    def holds(self, found: Value) -> bool:
        """Return whether the comparison is true of a value; nothing is smaller or larger than null."""
        if self.op in ("eq", "ne"):
            return (_folded(found) == _folded(self.value)) == (self.op == "eq")
        order = _order(found, self.value)
        if order is None:
            return False
        return {"gt": order > 0, "ge": order >= 0, "lt": order < 0, "le": order <= 0}[self.op]


def _order(found: Value, asked: Value) -> int | None:
    """Return -1, 0 or 1; None where the two cannot be compared."""
    if isinstance(found, str) and isinstance(asked, str):
        return (found > asked) - (found < asked)
    if isinstance(found, int) and isinstance(asked, int):
        return (found > asked) - (found < asked)
    return None


def _folded(value: Value) -> Value:
    return value.lower() if isinstance(value, str) else value


def parse_filter(text: str | None, fields: Mapping[str, str]) -> tuple[Clause, ...]:
    """Return the clauses of a filter. `fields` maps lower-case names to `time`, `text` or `flag`.

    Raises ValueError, with the sentence the answer shows, for anything the emulator does not read.
    """
    clauses: list[Clause] = []
    rest = (text or "").strip()
    while rest:
        found = _CLAUSE.match(rest)
        if found is None:
            raise ValueError(
                f"Syntax error in the filter at {rest[:60]!r}. Only `field op value` joined by `and` is read here."
            )
        clauses.append(_clause(found, fields))
        rest = rest[found.end() :]
        if rest:
            joined = _AND.match(rest)
            if joined is None:
                raise ValueError(f"Syntax error in the filter at {rest[:60]!r}: expected `and`.")
            rest = rest[joined.end() :]
    return tuple(clauses)


def _clause(found: re.Match[str], fields: Mapping[str, str]) -> Clause:
    field, op = found["field"].lower(), found["op"].lower()
    kind = fields.get(field)
    if kind is None:
        known = ", ".join(sorted(fields))
        raise ValueError(
            f"Could not find a property named {found['field']!r} to filter by. The emulator knows {known}."
        )
    value = found["value"]
    if value.lower() == "null":
        return Clause(field, op, None)
    text = value[value.index("'") + 1 : -1].replace("''", "'") if value.endswith("'") else value
    if kind == "time":
        at = parse_stamp(text)
        if at is None:
            raise ValueError(f"{text!r} is not a time.")
        return Clause(field, op, at)
    return Clause(field, op, text.lower() == "true" if kind == "flag" else text)
