"""A filter's tree → an SQL condition over one table as its file has it. Values are bound, names come from the record.

Text compares without regard to ASCII case by LIKE and NOCASE, which SQLite does in C; a term with other letters goes
through Python's casefold. A field the file does not have yet is unknown in every row. What follows a
NUL in a text is not looked at.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import NamedTuple, assert_never

from cache.schema import Layout
from cache.table import Field, fields_of
from cache.tree import AnyOf, Contains, Equals, Gone, Has, Matches, Not, Query, Range, Term, Word


class Condition(NamedTuple):
    """An SQL expression over the table as `t`, and the values to bind. Empty text: everything."""

    sql: str = ""
    bound: tuple[str | int | float, ...] = ()


def condition(query: Query | None, layout: Layout, scope: int, looked_up: Collection[Equals | Range] = ()) -> Condition:
    """The condition a query puts on the rows of a scope. See `Compiler` for `looked_up`."""
    if query is None or not query.clauses:
        return Condition()
    return _joined([Compiler(layout, scope, looked_up).term(clause) for clause in query.clauses], " AND ")


class Compiler:
    """Makes conditions on one table and scope.

    Tests on a named pair find the rows that pass by an index, all of them at once. For those in `looked_up` the pair
    of each row is looked up instead: the first page of what many rows pass is quicker that way.
    """

    def __init__(self, layout: Layout, scope: int, looked_up: Collection[Equals | Range] = ()) -> None:
        self.layout = layout
        self.table = layout.table.name
        self.scope = scope
        self.looked_up = looked_up

    def term(self, term: Term) -> Condition:
        """The condition of one term: 1, 0 or NULL for unknown."""
        match term:
            case Word(text):
                search = [self.field(name) for name in self.layout.table.search]
                return _joined([self.contains(Contains(field.name, text), field) for field in search], " OR ")
            case Contains():
                return self.contains(term, self.field(term.field))
            case Equals():
                return self.equals(term, self.field(term.field))
            case Matches():
                return self.matches(term, self.field(term.field))
            case Range():
                return self.within(term, self.field(term.field))
            case Gone():
                return Condition("t._gone = 1")
            case Has():
                return self.has(term, self.field(term.field))
            case Not(inner):
                sql, bound = self.term(inner)
                return Condition(f"NOT ifnull({sql}, 0)", bound)
            case AnyOf(terms):
                return _joined([self.term(inner) for inner in terms], " OR ")
            case _:
                assert_never(term)

    def field(self, name: str) -> Field:
        """The field of a term. Raises KeyError for one the record does not have: the parser lets none through."""
        return fields_of(self.layout.table.record)[name]

    def column(self, field: Field, index: int = 0) -> str:
        """The column of a field, or NULL where the file has none."""
        if field.name == self.layout.codec.key_field:
            return "t._key"
        name = field.columns[index]
        return f't."{name}"' if name in self.layout.columns else "NULL"

    def contains(self, term: Contains, field: Field) -> Condition:
        """The field contains the text."""
        found = self.somewhere(field, term.reach, lambda column: _like(column, term.text))
        if not (field.kind == "pairs" and (field.is_textual or field.is_numeric) and term.text.isascii()):
            return found
        # The packed pairs hold their texts as they are: most rows are out before their pairs are looked up.
        packed = f"instr(lower(CAST({self.column(field)} AS TEXT)), ?) > 0"
        return Condition(f"({packed} AND {found.sql})", (term.text.lower(), *found.bound))

    def matches(self, term: Matches, field: Field) -> Condition:
        """The field has a match of the expression."""
        test = "amldeck_matches({}, ?)"
        return self.somewhere(field, term.reach, lambda column: Condition(test.format(column), (term.pattern,)))

    def somewhere(self, field: Field, reach: str, test: Callable[[str], Condition]) -> Condition:
        """The test holds for the field, one item of a tuple, a name or value of pairs, or the value of `reach`."""
        if field.kind == "texts":
            return self.an_item(field, test("item.value"))
        if field.kind != "pairs":
            return test(self.column(field))
        value = test("p.value")
        if reach:
            return self.a_pair(field, reach, value)
        name = test("n.name")
        sql = (
            f'EXISTS (SELECT 1 FROM "{self.table}__pairs" p JOIN "{self.table}__names" n ON n.id = p.name '
            f"WHERE p._row = t._row AND n.field = ? AND ({name.sql} OR {value.sql}))"
        )
        return Condition(sql, (field.name, *name.bound, *value.bound))

    def equals(self, term: Equals, field: Field) -> Condition:
        """The field is the text, whatever its case."""
        if field.kind == "texts":
            return self.an_item(field, _same("item.value", term.text))
        if field.kind != "pairs":
            return _same(self.column(field), term.text)
        if term.reach:
            return self.named_pair(term, field)
        same = _same("p.value", term.text)
        sql = (
            f'EXISTS (SELECT 1 FROM "{self.table}__pairs" p JOIN "{self.table}__names" n ON n.id = p.name '
            f"WHERE p._row = t._row AND n.field = ? AND {same.sql})"
        )
        return Condition(sql, (field.name, *same.bound))

    def within(self, term: Range, field: Field) -> Condition:
        """The field is a number within bounds."""
        if field.kind == "pairs":
            return self.named_pair(term, field)
        found = _between(self.column(field, 1 if field.kind == "money" else 0), term)
        if not term.currency:
            return found
        return Condition(f"({self.column(field, 2)} = ? COLLATE NOCASE AND {found.sql})", (term.currency, *found.bound))

    def has(self, term: Has, field: Field) -> Condition:
        """The field is known and not empty."""
        if field.kind == "pairs" and term.reach:
            return self.a_pair(field, term.reach, Condition("1"))
        column = self.column(field)
        if field.kind == "pairs":  # packed pairs: one byte says that there are none
            return Condition(f"ifnull({column} != x'80', 0)")
        empty = {"text": "''", "texts": "'[]'", "json": "'[]', '{}'"}.get(field.kind)
        return Condition(f"ifnull({column} NOT IN ({empty}), 0)" if empty else f"({column} IS NOT NULL)")

    def an_item(self, field: Field, test: Condition) -> Condition:
        """One item of a tuple passes the test."""
        column = self.column(field)
        return Condition(f"EXISTS (SELECT 1 FROM json_each({column}) item WHERE {test.sql})", test.bound)

    def a_pair(self, field: Field, reach: str, test: Condition) -> Condition:
        """The row's pair of that name passes the test: looked up for each row."""
        names, bound = self.named(field, reach)
        pair = f'SELECT 1 FROM "{self.table}__pairs" p NOT INDEXED WHERE p._row = t._row'
        return Condition(f"EXISTS ({pair} AND p.name IN ({names}) AND {test.sql})", (*bound, *test.bound))

    def named_pair(self, term: Equals | Range, field: Field) -> Condition:
        """The row's pair of that name passes the test, found the way that is quicker."""
        if term in self.looked_up:
            return self.a_pair(field, term.reach, _of_pair(term))
        rows = self.passing(term)
        return Condition(f"t._row IN ({rows.sql})", rows.bound)

    def passing(self, term: Equals | Range) -> Condition:
        """The SELECT of all rows whose pair of that name passes the test, answered by an index."""
        names, bound = self.named(self.field(term.field), term.reach)
        test = _of_pair(term)
        sql = f'SELECT p._row FROM "{self.table}__pairs" p WHERE p.name IN ({names}) AND {test.sql}'
        return Condition(sql, (*bound, *test.bound))

    def named(self, field: Field, reach: str) -> Condition:
        """The integers of a name, in any case."""
        sql = (
            f'SELECT n.id FROM "{self.table}__names" n WHERE n.scope = ? AND n.field = ? AND n.name = ? COLLATE NOCASE'
        )
        return Condition(sql, (self.scope, field.name, reach))


def _of_pair(term: Equals | Range) -> Condition:
    if isinstance(term, Range):
        return _between("p.number", term)
    same = _same("p.value", term.text)
    # the index of values leaves out what is indexed as a number
    return Condition(f"{same.sql} AND p.number IS NULL", same.bound) if term.text.isascii() else same


def _joined(conditions: list[Condition], by: str) -> Condition:
    if not conditions:
        return Condition("0")
    sql = by.join(found.sql for found in conditions)
    return Condition(f"({sql})", tuple(value for found in conditions for value in found.bound))


def _like(column: str, text: str) -> Condition:
    if not text.isascii():
        return Condition(f"amldeck_holds({column}, ?)", (text.casefold(),))
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return Condition(f"{column} LIKE ? ESCAPE '\\'", (f"%{escaped}%",))


def _same(column: str, text: str) -> Condition:
    if not text.isascii():
        return Condition(f"amldeck_fold({column}) = ?", (text.casefold(),))
    # The column's side says the collation: of `a = ? COLLATE NOCASE OR a = ? COLLATE NOCASE` SQLite 3.40 makes one IN
    # over an index that heeds case, and finds too little.
    return Condition(f"{column} COLLATE NOCASE = ?", (text,))


def _between(column: str, term: Range) -> Condition:
    if term.low is not None and term.low == term.high and term.has_low and term.has_high:
        return Condition(f"{column} = ?", (term.low,))
    high = math.inf if term.high is None else term.high  # what is no number sorts after every number
    sql, bound = f"{column} {'<=' if term.has_high else '<'} ?", (high,)
    if term.low is None:
        return Condition(f"({sql})", bound)
    return Condition(f"({column} {'>=' if term.has_low else '>'} ? AND {sql})", (term.low, *bound))
