"""What of a filter the index of words can narrow: a question to it that every row of the answer passes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

import msgspec

from cache.compile import Compiler, Condition
from cache.patterns import literals
from cache.schema import Layout
from cache.search import index_of
from cache.table import Table
from cache.tree import AnyOf, Contains, Equals, Matches, Not, Query, Range, Term, Word

FEW = 10_000
"""Rows named by the index up to which it is quicker to read and sort them all than to walk the order until a page is
full (measured with a million runs: both take about 30 ms there)."""

FEW_PAIRS = 5_000
"""Rows that pass a test on a pair up to which they are found all at once, whatever the order."""

_MOST = 32
"""Groups of letters asked for at once: more hardly narrow any further."""


def condition(query: Query | None, layout: Layout) -> Condition:
    """The condition that the index names the row; empty when the index cannot tell."""
    question = _all_of(_of(clause, layout.table) for clause in query.clauses) if query and layout.has_search else ""
    if not question:
        return Condition()
    name = index_of(layout.table)
    return Condition(f't._row IN (SELECT rowid FROM "{name}" WHERE "{name}" MATCH ?)', (question,))


def few(db: sqlite3.Connection, layout: Layout, found: Condition) -> Condition | None:
    """The condition that a row is one of those the index names, when they are few; None when not. Stops reading there.

    The rows are written into the condition, so that the index is asked once.
    """
    if not found.sql:
        return None
    name = index_of(layout.table)
    some = f'SELECT rowid FROM "{name}" WHERE "{name}" MATCH ? LIMIT ?'
    rows = [row for (row,) in db.execute(some, (*found.bound, FEW + 1))]
    if len(rows) > FEW:
        return None
    return Condition("t._row IN (SELECT value FROM json_each(?))", (msgspec.json.encode(rows).decode(),))


def many(db: sqlite3.Connection, layout: Layout, scope: int, query: Query | None) -> frozenset[Equals | Range]:
    """The tests on a named pair (`param.lr=0.01`) that more than `FEW_PAIRS` rows pass. Stops reading there."""
    found: set[Equals | Range] = set()
    for test in _tests(query.clauses if query else ()):
        if test.reach:
            rows, bound = Compiler(layout, scope).passing(test)
            (count,) = db.execute(f"SELECT count(*) FROM ({rows} LIMIT ?)", (*bound, FEW_PAIRS + 1)).fetchone()
            if count > FEW_PAIRS:
                found.add(test)
    return frozenset(found)


def _tests(terms: Iterable[Term]) -> Iterator[Equals | Range]:
    for term in terms:
        match term:
            case Equals() | Range():
                yield term
            case Not(inner):
                yield from _tests((inner,))
            case AnyOf(inside):
                yield from _tests(inside)
            case _:
                pass


def _of(term: Term, table: Table) -> str:
    """What the index is asked for a term; empty when it cannot tell."""
    match term:
        case Word(text):
            return _letters(text)
        case Contains(field, text) | Equals(field, text) if field in table.search:
            return _letters(text)
        case Matches(field, pattern) if field in table.search:
            return _any_of(_all_of(map(_letters, texts)) for texts in literals(pattern))
        case AnyOf(terms):
            return _any_of(_of(inner, table) for inner in terms)
        case _:
            return ""


def _letters(text: str) -> str:
    folded = text.casefold()
    groups = dict.fromkeys(folded[at : at + 3] for at in range(len(folded) - 2))
    return " AND ".join('"' + group.replace('"', '""') + '"' for group in list(groups)[:_MOST])


def _all_of(questions: Iterable[str]) -> str:
    """All that can be told holds."""
    return " AND ".join(f"({question})" for question in dict.fromkeys(questions) if question)


def _any_of(questions: Iterable[str]) -> str:
    """One of them holds; if one cannot be told, none can."""
    found = list(dict.fromkeys(questions))
    return " OR ".join(f"({question})" for question in found) if found and all(found) else ""
