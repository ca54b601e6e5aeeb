"""The filter language: text → tree.

Terms stand side by side and all must hold; `|` between two terms asks for either, and binds closer than standing side
by side. `!` before a term turns it round. A bare word is looked for in the table's search fields. `field:part` looks
inside, `field=whole` compares (`=a,b` for either), `< > <= >=` compare numbers, durations, times and money. Quotes
keep spaces and signs together. `has:field`, `field:none`. `tag.team`, `param.lr`, `metric.auc` reach into pairs.

`created<24h` is younger than 24 hours; with a date, `created<2026-01-31` is before it. Case never matters.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from math import ceil, floor
from typing import NamedTuple

from cache import values
from cache.codec import INT_MAX, to_micros
from cache.table import Field, Table, field_named, fields_of
from cache.tree import AnyOf, Contains, Equals, Has, Not, Number, Problem, Query, Range, Term, Word
from cache.values import Unclear

__all__ = ["Problem", "Query", "fields", "parse"]

LONGEST = 1_000
"""Characters of a value that are looked for; more is a slip of the clipboard."""

MOST = 100
"""Terms side by side, alternatives of one, and values of one: SQLite takes no endless expressions."""

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_TOKEN = re.compile(rf'\||(?:{_QUOTED}|[^\s"|])+|"')
_TERM = re.compile(rf'([^\W\d]\w*)(?:\.({_QUOTED}|[^\s":=<>!~]+))?(!=|<=|>=|[:=<>~])')
_PART = re.compile(rf"(?:{_QUOTED}|[^,])+")
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


def fields(table: Table) -> tuple[str, ...]:
    """What a filter may start with, for completion: fields, other names of them, and reaches such as `tag.`."""
    own = fields_of(table.record)
    reaches = [f"{field.reach}." for field in own.values() if field.kind == "pairs"]
    return (*own, *table.aliases, *reaches, "has")


def parse(text: str, table: Table, *, now: datetime) -> Query:
    """The query a text means. What cannot be understood becomes a Problem with its place, and the rest applies."""
    text = text.replace("\0", " ")
    groups: list[list[Term]] = []
    problems: list[Problem] = []
    bar: re.Match[str] | None = None
    is_after_term = False
    for token in _TOKEN.finditer(text):
        if token[0] == "|":
            if bar or not is_after_term:
                problems.append(Problem(token.start(), token.end(), "| needs a term on each side."))
            bar = token if is_after_term else None
            continue
        if not bar:
            groups.append([])
        bar, is_after_term = None, True
        if len(groups) > MOST:
            problems.append(Problem(token.start(), len(text), f"Only the first {MOST} terms are applied."))
            break
        if token[0] == '"':
            problems.append(Problem(token.start(), len(text), "The quote is not closed."))
            break
        try:
            groups[-1].append(_term(token[0], table, now))
        except Unclear as unclear:
            problems.append(Problem(token.start(), token.end(), str(unclear)))
    if bar:
        problems.append(Problem(bar.start(), bar.end(), "| needs a term on each side."))
    clauses = tuple(terms[0] if len(terms) == 1 else AnyOf(tuple(terms)) for terms in groups if terms)
    return Query(text, clauses, tuple(problems))


def _term(token: str, table: Table, now: datetime) -> Term:
    if len(token) > LONGEST:
        raise Unclear(f"A term of more than {LONGEST} characters is not looked for.")
    bare = token.lstrip("!")
    if bare != token:
        if not bare:
            raise Unclear("! needs a term after it.")
        return Not(_term(bare, table, now)) if (len(token) - len(bare)) % 2 else _term(bare, table, now)
    found = _TERM.match(token)
    if found is None:
        return Word(unquoted(token))
    name, reach, op = found.groups()
    value = token[found.end() :]
    if name.lower() == "has" and op == ":" and field_named(table, name) is None:
        return _has(value, table)
    field = _field(name, table)
    if reach and field.kind != "pairs":
        raise Unclear(f"{field.name} has no names in it, so {name}.{reach} says nothing.")
    try:
        return _clause(Clause(field, unquoted(reach or ""), op, now), value)
    except Unclear as unclear:
        raise Unclear(f"{token[: found.end() - len(op)]} {unclear}.") from unclear


def _field(name: str, table: Table) -> Field:
    field = field_named(table, name)
    if field is None:
        import difflib

        near = difflib.get_close_matches(name.lower(), fields_of(table.record), n=1)
        hint = f"did you mean {near[0]}?" if near else "put it in quotes to look for the text."
        raise Unclear(f"There is no field {name}: {hint}")
    return field


def _has(value: str, table: Table) -> Term:
    name, _, reach = value.partition(".")
    if not name:
        raise Unclear("has: needs a field.")
    field = _field(unquoted(name), table)
    if reach and field.kind != "pairs":
        raise Unclear(f"{field.name} has no names in it, so {value} says nothing.")
    return Has(field.name, unquoted(reach))


def _clause(clause: Clause, value: str) -> Term:
    if not value:
        raise Unclear("needs a value")
    if clause.op == "~":
        raise Unclear("cannot be matched by an expression yet: use : for a part of it")
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


def unquoted(text: str) -> str:
    """The text without its quotes; `\\"` inside them is a quote."""
    if '"' not in text:
        return text
    return re.sub(_QUOTED, lambda found: re.sub(r"\\([\"\\])", r"\1", found[0][1:-1]), text)
