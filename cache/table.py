"""What a cache table is made from: a record type and what is to be quick on it.

The columns come from the record's own fields. A field's kind decides how it is stored, sorted and filtered.
"""

from __future__ import annotations

import re
import types
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin

import msgspec

Kind = Literal["text", "int", "float", "bool", "time", "money", "pairs", "texts", "json"]
"""`money` is a frozen Struct with `amount: Decimal` and `currency: str`; `pairs` a dict by name; `texts` a tuple of
str; `json` anything else msgspec can write: stored and given back, not sorted by."""


class Counted(msgspec.Struct, frozen=True):
    """Counts that are kept while rows are written, by the values of some fields of text (`cache.kept_counts`).

    Of the fields in `known` only whether they are known counts. `total` is a number to add up beside, in seconds.
    """

    by: tuple[str, ...]
    known: tuple[str, ...] = ()
    total: str = ""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One table of the cache. `indexes` are the fields that are sorted by at any size, without reading the rows.

    An entry `experiment+started` adds an index for one `experiment` ordered by `started`. Bare words of a
    filter look in `search`. `aliases` gives other names for fields in filters (`dur` for `duration`). The history
    of a thinned table keeps one change a day once it is 30 days old. `has_search_index` keeps what stands in `search`
    indexed by its letters, so that words are found at any size; every put pays for it.

    `kept` are fields that not every answer says: one that leaves them empty, or says fewer pairs, takes nothing away
    from what another answer said. Learning them is no change, and no history.

    `counted` are roll-ups that need no reading of rows, the smallest first; every put pays for each.
    """

    name: str
    record: type
    key: str = "id"
    indexes: tuple[str, ...] = ()
    search: tuple[str, ...] = ("name",)
    is_thinned: bool = False
    has_history: bool = True
    """False for notes of our own, which nobody asks what they were."""
    kept: tuple[str, ...] = ()
    aliases: dict[str, str] = {}
    has_search_index: bool = False
    counted: tuple[Counted, ...] = ()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", self.name) or self.name.startswith("sqlite"):
            raise ValueError(f"{self.name!r} is no name for a table: lower-case words joined by _")


class Field(msgspec.Struct, frozen=True):
    """One field of a record: its kind and the columns it takes. `default` is msgspec.NODEFAULT when there is none."""

    name: str
    kind: Kind
    type: Any
    is_optional: bool
    default: Any
    factory: Any
    is_numeric: bool = False
    """Of pairs: the values are numbers, so a value is compared as one."""
    is_textual: bool = False
    """Of pairs: the values are texts."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that hold it; the first has the field's own name."""
        if self.kind == "money":
            return (self.name, f"{self.name}_micro", f"{self.name}_currency")
        return (self.name,)

    @property
    def order(self) -> tuple[str, ...]:
        """The columns to sort by; empty when it cannot be sorted by. Money sorts within its currency."""
        if self.kind in ("pairs", "json"):
            return ()
        return self.columns[:0:-1] or self.columns

    @property
    def reach(self) -> str:
        """What a filter writes before the dot to reach into pairs: `tag` for `tags`."""
        return self.name.removesuffix("s")


@lru_cache(maxsize=256)
def fields_of(record: type) -> dict[str, Field]:
    """The fields of a record type by name, in order. Raises TypeError when two would share a column."""
    fields = {found.name: _field(found) for found in msgspec.structs.fields(record)}
    columns = [column.lower() for field in fields.values() for column in field.columns]
    if len(set(columns)) < len(columns) or any(column.startswith("_") for column in columns):
        raise TypeError(f"the fields of {record.__name__} do not make distinct columns")
    return fields


def field_named(table: Table, name: str) -> Field | None:
    """The field a user means by `name`: its own name, an alias, or the reach of pairs; any case."""
    fields = fields_of(table.record)
    wanted = name.lower()
    wanted = {alias.lower(): field for alias, field in table.aliases.items()}.get(wanted, wanted)
    if wanted in fields:
        return fields[wanted]
    named = [field for field in fields.values() if field.name.lower() == wanted.lower()]
    reached = [field for field in fields.values() if field.kind == "pairs" and field.reach == wanted.lower()]
    return next(iter(named + reached), None)


def _field(found: msgspec.structs.FieldInfo) -> Field:
    inner, is_optional = _without_none(found.type)
    values = get_args(inner)[1:] if get_origin(inner) is dict else ()
    value = _without_none(values[0])[0] if values else None
    return Field(
        found.name,
        _kind(inner),
        found.type,
        is_optional,
        found.default,
        found.default_factory,
        value in (int, float),
        value is str,
    )


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) not in (Union, types.UnionType):
        return annotation, False
    rest = [choice for choice in get_args(annotation) if choice is not types.NoneType]
    is_optional = len(rest) < len(get_args(annotation))
    return (rest[0] if len(rest) == 1 else annotation), is_optional


def _kind(annotation: Any) -> Kind:
    plain: dict[Any, Kind] = {str: "text", int: "int", float: "float", bool: "bool", datetime: "time"}
    origin, choices = get_origin(annotation), get_args(annotation)
    if origin is None and annotation in plain:
        return plain[annotation]
    if origin is Literal and all(isinstance(choice, str) for choice in choices):
        return "text"
    if origin is dict and choices[0] is str:
        return "pairs"
    if origin is tuple and choices == (str, Ellipsis):
        return "texts"
    return "money" if _is_money(annotation) else "json"


def _is_money(annotation: Any) -> bool:
    if not (isinstance(annotation, type) and issubclass(annotation, msgspec.Struct)):
        return False
    return {field.name: field.type for field in msgspec.structs.fields(annotation)} == {
        "amount": Decimal,
        "currency": str,
    }
