"""One condition of a filter, `field op value` → a test on that field. What is wrong with it is raised as `Unclear`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from math import ceil, floor
from typing import NamedTuple

from cache import values
from cache.codec import INT_MAX, to_micros
from cache.patterns import finder
from cache.quoting import QUOTED, unquoted
from cache.table import Field
from cache.tree import AnyOf, Contains, Equals, Has, Matches, Not, Number, Range, Term
from cache.values import Unclear

MOST = 100
"""Terms side by side, alternatives of one, and values of one: SQLite takes no endless expressions."""

_PART = re.compile(rf"(?:{QUOTED}|[^,])+")
_SIGNS: dict[str, tuple[str, bool]] = {
    "<": ("high", False),
    "<=": ("high", True),
    ">": ("low", False),
    ">=": ("low", True),
}


class Clause(NamedTuple):
    """One `field.reach op value` being understood."""

    field: Field
    reach: str
    op: str
    now: datetime


def test_of(clause: Clause, value: str) -> Term:
    """The test a condition means. Raises Unclear with what its value has to look like."""
    if not value:
        raise Unclear("needs a value")
    if clause.op in ("~", "!~"):
        found = _matches(clause, unquoted(value))
        return Not(found) if clause.op == "!~" else found
    if value.lower() == "none" and clause.op in (":", "=", "!="):
        has = Has(clause.field.name, clause.reach)
        return has if clause.op == "!=" else Not(has)
    if clause.op in ("=", "!="):
        parts: list[str] = _PART.findall(value)[:MOST]
        terms = tuple(_equals(clause, unquoted(part)) for part in parts)
        if not terms:
            raise Unclear("needs a value")
        either = terms[0] if len(terms) == 1 else AnyOf(terms)
        return Not(either) if clause.op == "!=" else either
    if clause.op == ":":
        return _contains(clause, unquoted(value))
    return _compares(clause, unquoted(value))


def _matches(clause: Clause, pattern: str) -> Term:
    field = clause.field
    if field.kind not in ("text", "texts", "pairs") or (clause.reach and field.is_numeric):
        raise Unclear("is no text to match: use = or <")
    finder(pattern)
    return Matches(field.name, pattern, clause.reach)


def _contains(clause: Clause, text: str) -> Term:
    field = clause.field
    is_text = field.kind in ("text", "texts", "json")
    if is_text or (field.kind == "pairs" and not (clause.reach and field.is_numeric)):
        return Contains(field.name, text, clause.reach)
    return _equals(clause, text)


def _equals(clause: Clause, text: str) -> Term:
    field, reach = clause.field, clause.reach
    if field.kind in ("text", "texts", "json"):
        return Equals(field.name, text)
    if field.kind == "bool":
        return Range(field.name, int(values.truth(text)), int(values.truth(text)))
    if field.kind == "time":
        return _time(clause, text)
    if field.kind == "money":
        amount = values.money(text)
        low, high = _held(ceil(amount.millionths)), _held(floor(amount.millionths))
        return Range(field.name, low, high, currency=amount.currency)
    if field.kind == "pairs" and not (reach and field.is_numeric):
        return _pair_equals(field, reach, text)
    same = values.number(text, has_units=field.kind == "float")
    return Range(field.name, same, same, reach=reach)


def _pair_equals(field: Field, reach: str, text: str) -> Term:
    """A pair kept as text is also equal as a number: 0.010 is 0.01."""
    try:
        same = values.number(text)
    except Unclear:
        return Equals(field.name, text, reach)
    if not reach:
        return Equals(field.name, text)
    return AnyOf((Equals(field.name, text, reach), Range(field.name, same, same, reach=reach)))


def _compares(clause: Clause, text: str) -> Term:
    field = clause.field
    if field.kind in ("text", "texts", "json", "bool"):
        raise Unclear("is no number: use : or =")
    if field.kind == "time":
        return _time(clause, text)
    if field.kind == "money":
        amount = values.money(text)
        rounded: Callable[[Decimal], int] = floor if clause.op in (">", "<=") else ceil
        return _bound(clause, _held(rounded(amount.millionths)), amount.currency)
    if field.kind == "pairs" and not clause.reach:
        raise Unclear(f"needs a name to compare, such as {field.reach}.name")
    return _bound(clause, values.number(text, has_units=field.kind == "float"))


def _time(clause: Clause, text: str) -> Term:
    """An age counts back from now, so `<24h` is later than 24 hours ago; a date is before, within or after."""
    age = values.age(text)
    if age is not None:
        if clause.op not in _SIGNS:
            raise Unclear(f"needs < or > before an age: {clause.field.name}<{text}")
        turned = clause.op.translate(str.maketrans("<>", "><"))
        return _bound(clause._replace(op=turned), to_micros(clause.now) - age)
    low, high = values.span(text, clause.now)
    if clause.op not in _SIGNS:
        return Range(clause.field.name, low, high, has_high=False)
    if clause.op in (">", "<="):  # beyond, or up to, the end of what was named
        return _bound(clause._replace(op=">=" if clause.op == ">" else "<"), high)
    return _bound(clause, low)


def _bound(clause: Clause, number: Number, currency: str = "") -> Range:
    side, is_in = _SIGNS[clause.op]
    if side == "low":
        return Range(clause.field.name, low=number, has_low=is_in, reach=clause.reach, currency=currency)
    return Range(clause.field.name, high=number, has_high=is_in, reach=clause.reach, currency=currency)


def _held(number: int) -> int:
    return max(-INT_MAX, min(INT_MAX, number))
