"""Queries as trees: statements, sources of rows, and the operators behind bars."""

from __future__ import annotations

from typing import cast, get_args

from services.emulator.kql.errors import SyntaxFault
from services.emulator.kql.expressions import SOURCES, Expressions, rows_of
from services.emulator.kql.kinds import Column, Kind, converted
from services.emulator.kql.tree import (
    Call,
    Datatable,
    Let,
    Literal,
    Minus,
    Name,
    Named,
    Node,
    Pipeline,
    Print,
    Query,
    Range,
    Sorted,
    Step,
    Union,
)

_LIKE = {"sort": "order", "limit": "take", "filter": "where"}
"""Operators by another name."""


def parse(text: str) -> Query:
    """Return a query as a tree. Raises SyntaxFault."""
    return _Parser(text).query()


class _Parser(Expressions):
    def query(self) -> Query:
        """Return the whole query."""
        lets: list[Let] = []
        while self.took(";"):
            pass
        while self.is_at("let"):
            at = self.next().at
            name = self.name()
            self.expect("=")
            lets.append(Let(at=at, name=name, value=self.anything()))
            self.expect(";")
            while self.took(";"):
                pass
        asked = self.anything()
        while self.took(";"):
            pass
        if self.token.what != "end":
            self.refuse()
        if not isinstance(asked, Pipeline | Name):
            raise SyntaxFault(self.text, asked.at, self.text[asked.at : asked.at + 1])
        return Query(at=0, lets=tuple(lets), asked=rows_of(asked, ()))

    def anything(self) -> Node:
        """Return a value, or rows where a source or a bar says so."""
        self.deeper()
        value = self._source() if self._is_source() else self.expression()
        if self.is_at("|") and not isinstance(value, Name | Pipeline):
            self.refuse()
        steps = self._steps()
        self.depth -= 1
        return rows_of(value, steps) if steps else value

    def _is_source(self) -> bool:
        return self.token.what == "name" and self.token.text in SOURCES and self.following.text not in ("|", ")", ",")

    def _steps(self) -> tuple[Step, ...]:
        steps: list[Step] = []
        while self.took("|"):
            steps.append(self._step())
        return tuple(steps)

    def _source(self) -> Node:
        token = self.next()
        if token.text == "union":
            return rows_of(self._union(token.at), ())
        if token.text == "print":
            return rows_of(Print(at=token.at, items=self._items()), ())
        if token.text == "range":
            return rows_of(self._range(token.at), ())
        return rows_of(self._datatable(token.at), ())

    def _union(self, at: int) -> Union:
        is_fuzzy, is_inner, source = False, False, None
        while self.is_at("isfuzzy", "kind", "withsource") and self.following.text == "=":
            word = self.next().text
            self.next()
            if word == "isfuzzy":
                is_fuzzy = self.expect("true", "false").text == "true"
            elif word == "kind":
                is_inner = self.expect("inner", "outer").text == "inner"
            else:
                source = self.name()
        legs = [self._leg()]
        while self.took(","):
            legs.append(self._leg())
        return Union(at=at, legs=tuple(legs), is_fuzzy=is_fuzzy, is_inner=is_inner, source_name=source)

    def _leg(self) -> Node:
        token = self.token
        if not self.took("("):
            return rows_of(Name(at=token.at, text=self.name()), ())
        inner = self.anything()
        self.expect(")")
        return rows_of(inner, ()) if isinstance(inner, Name | Pipeline) else self.refuse(token)

    def _range(self, at: int) -> Range:
        name = self.name()
        self.expect("from")
        start = self.expression()
        self.expect("to")
        stop = self.expression()
        self.expect("step")
        return Range(at=at, name=name, start=start, stop=stop, step=self.expression())

    def _datatable(self, at: int) -> Datatable:
        columns: list[Column] = []
        self.expect("(")
        while not self.is_at(")"):
            name = self.name()
            self.expect(":")
            kind = self.expect(*get_args(Kind)).text
            columns.append(Column(name, cast(Kind, kind)))
            if not self.took(","):
                break
        self.expect(")")
        self.expect("[")
        close = self.token
        values = [self._written(node) for node in self.listed("]")]
        if not columns or len(values) % len(columns):
            self.refuse(close)
        width = len(columns)
        rows = [values[start : start + width] for start in range(0, len(values), width)]
        made = (tuple(converted(v, column.kind) for v, column in zip(row, columns, strict=True)) for row in rows)
        return Datatable(at=at, columns=tuple(columns), rows=tuple(made))

    def _written(self, node: Node) -> object:
        """Return a value that is written out: `1`, `-1`, `"a"`, `int(null)`."""
        if isinstance(node, Minus) and isinstance(node.value, Literal):
            return -node.value.value
        if isinstance(node, Call) and node.name in get_args(Kind) and len(node.arguments) == 1:
            (inner,) = node.arguments
            return None if isinstance(inner, Name) and inner.text == "null" else self._written(inner)
        if isinstance(node, Literal):
            return node.value
        raise SyntaxFault(self.text, node.at, self.text[node.at : node.at + 1])

    def _items(self) -> tuple[Node, ...]:
        items = [self._item()]
        while self.took(","):
            items.append(self._item())
        return tuple(items)

    def _item(self) -> Node:
        """Return one value, which may have a name or, in parentheses, several."""
        at = self.token.at
        names = self._several_names()
        return Named(at=at, names=names, value=self.expression()) if names else self.named()

    def _several_names(self) -> tuple[str, ...]:
        """Return the names in `(a, b) =` and go over them; nothing where something else stands."""
        before = self.place
        if not self.took("("):
            return ()
        names: list[str] = []
        while self.token.what == "name" and self.following.text in (",", ")"):
            names.append(self.name())
            if self.next().text == ")":
                break
        if names and self.tokens[self.place - 1].text == ")" and self.took("="):
            return tuple(names)
        self.place = before
        return ()

    def _step(self) -> Step:
        token = self.token
        if self.is_at("project") and self.following.text == "-":
            self.next()
            self.next()
            self.expect("away")
            return Step(at=token.at, operator="project-away", items=self._items())
        word = self.next().text if token.what == "name" else self.refuse()
        word = _LIKE.get(word, word)
        if word in ("where", "extend", "project", "distinct"):
            return Step(at=token.at, operator=word, items=(self.expression(),) if word == "where" else self._items())
        if word in ("count", "getschema"):
            return Step(at=token.at, operator=word)
        if word == "take":
            return Step(at=token.at, operator=word, count=self.expression())
        if word == "as":
            return Step(at=token.at, operator=word, name=self.name())
        if word == "union":
            return Step(at=token.at, operator=word, items=(self._union(token.at),))
        if word == "order":
            self.expect("by")
            return Step(at=token.at, operator=word, by=self._sorting())
        if word == "top":
            count = self.expression()
            self.expect("by")
            return Step(at=token.at, operator=word, count=count, by=self._sorting())
        return self._summary(token.at) if word == "summarize" else self.refuse(token)

    def _summary(self, at: int) -> Step:
        items = () if self.is_at("by") else self._items()
        has_by = self.took("by")
        return Step(at=at, operator="summarize", items=items, by=self._items() if has_by else (), has_by=has_by)

    def _sorting(self) -> tuple[Node, ...]:
        found: list[Node] = []
        while True:
            value = self.expression()
            is_ascending = self.is_at("asc")
            self.took("asc", "desc")
            nulls_first = is_ascending
            if self.took("nulls"):
                nulls_first = self.expect("first", "last").text == "first"
            found.append(Sorted(at=value.at, value=value, is_ascending=is_ascending, nulls_first=nulls_first))
            if not self.took(","):
                return tuple(found)
