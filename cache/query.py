"""The filter language: text → tree.

Terms stand side by side and all must hold; `|` between two terms asks for either, and binds closer than standing side
by side. `!` before a term turns it round. A bare word is looked for in the table's search fields. `field:part` looks
inside, `field=whole` compares (`=a,b` for either), `field~expression` matches (`!~` does not), `< > <= >=` compare
numbers, durations, times and money. Quotes keep spaces and signs together. `has:field`, `field:none`. `tag.team`,
`param.lr`, `metric.auc` reach into pairs.

`created<24h` is younger than 24 hours; with a date, `created<2026-01-31` is before it. Case never matters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from cache.clauses import MOST, Clause, test_of
from cache.codec import clean
from cache.quoting import QUOTED, unquoted
from cache.table import Field, Table, field_named, fields_of
from cache.tree import AnyOf, Gone, Has, Not, Problem, Query, Term, Word
from cache.values import Unclear

__all__ = ["Problem", "Query", "fields", "parse", "tokens"]

GONE = "gone"
"""What `is:` takes."""
LONGEST = 1_000
"""Characters of a value that are looked for; more is a slip of the clipboard."""

_NAME = rf'([^\W\d]\w*)(?:\.({QUOTED}|[^\s":=<>!~]+))?'
_PATTERN = rf'!*[^\W\d]\w*(?:\.(?:{QUOTED}|[^\s":=<>!~|]+))?!?~(?:{QUOTED}|\|(?=[^\s|])|[^\s"|])+'
_TOKEN = re.compile(rf'{_PATTERN}|\||(?:{QUOTED}|[^\s"|])+|"')  # within an expression | is the expression's own
_TERM = re.compile(rf"{_NAME}(!=|!~|<=|>=|[:=<>~])")
_NAMELESS = re.compile(r"([^\W\d]\w*)\.(?:$|[:=<>!~])")
"""`metric.` and what follows, without the name of a metric."""
_SIGN = re.compile("<=|>=|<|>")
"""What may stand after a colon where a field is compared: `cost:>10` is `cost>10`."""


def fields(table: Table) -> tuple[str, ...]:
    """What a filter may start with, for completion: fields, other names of them, and reaches such as `tag.`."""
    own = fields_of(table.record)
    reaches = [f"{field.reach}." for field in own.values() if field.kind == "pairs"]
    return (*own, *table.aliases, *reaches, "has", *(("is",) if field_named(table, "is") is None else ()))


def tokens(text: str) -> Iterator[re.Match[str]]:
    """The terms of a filter with their places, and the `|` between them."""
    return _TOKEN.finditer(text)


def parse(text: str, table: Table, *, now: datetime) -> Query:
    """The query a text means. What cannot be understood becomes a Problem with its place, and the rest applies."""
    text = clean(text.replace("\0", " "))
    groups: list[list[Term]] = []
    problems: list[Problem] = []
    bar: re.Match[str] | None = None
    is_after_term = False
    for token in tokens(text):
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
        return _word(token, table)
    name, reach, op = found.groups()
    value = token[found.end() :]
    if name.lower() == "has" and op == ":" and field_named(table, name) is None:
        return _has(value, table)
    if name.lower() == "is" and op == ":" and field_named(table, name) is None:
        return _is(value)
    field = _field(name, table)
    sign = _SIGN.match(value) if op == ":" and field.kind in ("int", "float", "money", "time") else None
    if sign is not None:
        op, value = sign[0], value[sign.end() :]
    if reach and field.kind != "pairs":
        raise Unclear(f"{field.name} has no names in it, so {name}.{reach} says nothing.")
    try:
        return test_of(Clause(field, unquoted(reach or ""), op, now), value)
    except Unclear as unclear:
        raise Unclear(f"{token[: found.end() - len(op)]} {unclear}.") from unclear


def _word(token: str, table: Table) -> Word:
    nameless = _NAMELESS.match(token)
    field = field_named(table, nameless[1]) if nameless is not None else None
    if field is not None and field.kind == "pairs":
        raise Unclear(f"{field.reach}. needs a name and a condition, such as {field.reach}.name=value.")
    return Word(unquoted(token))


def _field(name: str, table: Table) -> Field:
    field = field_named(table, name)
    if field is None:
        import difflib

        near = difflib.get_close_matches(name.lower(), fields_of(table.record), n=1)
        hint = f"did you mean {near[0]}?" if near else "put it in quotes to look for the text."
        raise Unclear(f"There is no field {name}: {hint}")
    return field


def _is(value: str) -> Term:
    if value.lower() != GONE:
        raise Unclear(f"is: takes {GONE}, for what the service no longer lists.")
    return Gone()


def _has(value: str, table: Table) -> Term:
    name, _, reach = value.partition(".")
    if not name:
        raise Unclear("has: needs a field.")
    field = _field(unquoted(name), table)
    if reach and field.kind != "pairs":
        raise Unclear(f"{field.name} has no names in it, so {value} says nothing.")
    return Has(field.name, unquoted(reach))
