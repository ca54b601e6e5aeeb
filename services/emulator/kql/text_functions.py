"""Functions that make texts of values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from services.emulator.kql.bound import Bound, as_kind
from services.emulator.kql.errors import SemanticFault
from services.emulator.kql.kinds import Row, as_text
from services.emulator.kql.matching import regex


def joined_text(arguments: Sequence[Bound]) -> Bound:
    """Return all values as one text."""
    gets = [one.get for one in arguments]
    return Bound(kind="string", get=lambda row: "".join([as_text(get(row)) for get in gets]))


def substring(arguments: Sequence[Bound]) -> Bound:
    """Return a text from a place on, as long as is said."""
    text, start = as_kind(arguments[0], "string").get, as_kind(arguments[1], "long").get
    length = as_kind(arguments[2], "long").get if len(arguments) > 2 else None

    def get(row: Row) -> str:
        begin = max(start(row) or 0, 0)
        many = None if length is None else length(row)
        return text(row)[begin : None if many is None else begin + max(many, 0)]

    return Bound(kind="string", get=get)


def trimmed(arguments: Sequence[Bound]) -> Bound:
    """Return a text without the match of an expression it begins with."""
    expression, text = regex(_constant("trim_start", arguments[0])), as_kind(arguments[1], "string").get

    def get(row: Row) -> str:
        found = expression.match(given := text(row))
        return given[found.end() :] if found else given

    return Bound(kind="string", get=get)


def replaced(arguments: Sequence[Bound]) -> Bound:
    """Return a text in which every match of an expression gave way to another text."""
    expression, text = regex(_constant("replace_regex", arguments[1])), as_kind(arguments[0], "string").get
    other = _constant("replace_regex", arguments[2])
    # Handed over as a text, letters beyond ASCII come back spoilt; only references need it to be one.
    given: Any = other if "\\" in other else _always(other)
    return Bound(kind="string", get=lambda row: expression.sub(given, text(row)))


def _always(text: str) -> Callable[[Any], str]:
    return lambda found: text


def _constant(name: str, value: Bound) -> str:
    if not value.is_constant or value.kind != "string":
        raise SemanticFault(f"{name}(): the pattern must be a constant string", "SEM0060")
    return value.get(())
