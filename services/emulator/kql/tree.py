"""A query as a tree. `at` is the place in its text."""

from __future__ import annotations

from typing import Any

import msgspec

from services.emulator.kql.kinds import Column, Kind, Row


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """Anything in a query."""

    at: int


class Literal(Node, frozen=True, kw_only=True):
    """A value that is written out."""

    kind: Kind
    value: Any


class Name(Node, frozen=True, kw_only=True):
    """The name of a column, of a table or of what a `let` has named."""

    text: str


class Star(Node, frozen=True, kw_only=True):
    """Every column."""


class Call(Node, frozen=True, kw_only=True):
    """A function and its arguments."""

    name: str
    arguments: tuple[Node, ...]


class Binary(Node, frozen=True, kw_only=True):
    """Two values and what stands between them, with `!` before a word that is turned round."""

    sign: str
    left: Node
    right: Node


class Minus(Node, frozen=True, kw_only=True):
    """A value with its sign changed."""

    value: Node


class Between(Node, frozen=True, kw_only=True):
    """Whether a value lies between two others, both included."""

    value: Node
    low: Node
    high: Node
    is_not: bool


class Within(Node, frozen=True, kw_only=True):
    """A value and several it is held against: `in`, `in~`, `has_any`, `has_all`."""

    sign: str
    value: Node
    items: tuple[Node, ...]


class Member(Node, frozen=True, kw_only=True):
    """A field or an item of a dynamic value."""

    whole: Node
    key: Node


class Named(Node, frozen=True, kw_only=True):
    """A value with the name of its column; several names where one function gives several."""

    names: tuple[str, ...]
    value: Node


class Sorted(Node, frozen=True, kw_only=True):
    """By what rows are sorted, and which way."""

    value: Node
    is_ascending: bool
    nulls_first: bool


class Step(Node, frozen=True, kw_only=True):
    """What is done to the rows that come: an operator and what it takes."""

    operator: str
    items: tuple[Node, ...] = ()
    by: tuple[Node, ...] = ()
    has_by: bool = False
    count: Node | None = None
    name: str = ""


class Union(Node, frozen=True, kw_only=True):
    """The rows of several tables, one after the other."""

    legs: tuple[Node, ...]
    is_fuzzy: bool = False
    is_inner: bool = False
    source_name: str | None = None


class Print(Node, frozen=True, kw_only=True):
    """One row of values."""

    items: tuple[Node, ...]


class Range(Node, frozen=True, kw_only=True):
    """One column of values in even steps."""

    name: str
    start: Node
    stop: Node
    step: Node


class Datatable(Node, frozen=True, kw_only=True):
    """A table that is written out."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


class Pipeline(Node, frozen=True, kw_only=True):
    """Rows and the steps they go through."""

    source: Node
    steps: tuple[Step, ...]


class Let(Node, frozen=True, kw_only=True):
    """A name for a value or for rows."""

    name: str
    value: Node


class Query(Node, frozen=True, kw_only=True):
    """What is named first, and what is asked."""

    lets: tuple[Let, ...]
    asked: Node
