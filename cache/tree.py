"""What a filter means: a tree of tests on one record. `cache.query` reads it, `cache.compile` makes SQL of it.

Every comparison of numbers, times and money is a `Range`: times in microseconds since 1970, money in millionths.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

Number = int | float


class Problem(msgspec.Struct, frozen=True):
    """A clause that could not be understood: where it stands in the text, and a sentence why."""

    start: int
    end: int
    message: str


class Word(msgspec.Struct, frozen=True):
    """One of the table's search fields contains the text."""

    text: str


class Contains(msgspec.Struct, frozen=True):
    """The field contains the text. Pairs without `reach`: a name or a value does; with it: the value of that name."""

    field: str
    text: str
    reach: str = ""


class Equals(msgspec.Struct, frozen=True):
    """The field is the text, whatever its case; one item of a tuple is."""

    field: str
    text: str
    reach: str = ""


class Matches(msgspec.Struct, frozen=True):
    """The field, or one item of a tuple, matches the regular expression somewhere. Pairs as for `Contains`."""

    field: str
    pattern: str
    reach: str = ""


class Range(msgspec.Struct, frozen=True):
    """The field is a number within both bounds; None is no bound. `currency` is asked of money when it is given."""

    field: str
    low: Number | None = None
    high: Number | None = None
    has_low: bool = True
    has_high: bool = True
    reach: str = ""
    currency: str = ""


class Has(msgspec.Struct, frozen=True):
    """The field is known and not empty; pairs with `reach`: there is one of that name."""

    field: str
    reach: str = ""


class Gone(msgspec.Struct, frozen=True):
    """The service no longer lists the row. Rows that are gone are found by this alone."""


class Not(msgspec.Struct, frozen=True):
    """The test does not hold: also where the field is unknown."""

    term: Term


class AnyOf(msgspec.Struct, frozen=True):
    """At least one of the tests holds."""

    terms: tuple[Term, ...]


Term = Word | Contains | Equals | Matches | Range | Has | Gone | Not | AnyOf


class Query(msgspec.Struct, frozen=True):
    """A filter: all clauses hold. `problems` are the clauses that were left out."""

    text: str = ""
    clauses: tuple[Term, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def wants_gone(self) -> bool:
        """Whether it asks for rows the service no longer lists."""
        return any(isinstance(clause, Gone) for clause in self.clauses)

    @property
    def fields(self) -> frozenset[str]:
        """The fields it names. A bare word names none."""
        return frozenset(name for clause in self.clauses for name in _fields_of(clause))


def _fields_of(term: Term) -> Iterator[str]:
    if isinstance(term, Not):
        yield from _fields_of(term.term)
    elif isinstance(term, AnyOf):
        for one in term.terms:
            yield from _fields_of(one)
    elif not isinstance(term, Word | Gone):
        yield term.field
