"""What a column of an export holds: a field of the record, one name of its pairs, or the words a cell shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from cache.table import Field, Kind, Table, field_named, fields_of
from widgets.pane import Column, Look


@dataclass(frozen=True, slots=True)
class Taken:
    """One column: its name, what kind of values it holds, and how a record gives one; None is unknown."""

    name: str
    kind: Kind
    value: Callable[[Any], Any]
    is_numeric: bool = False
    """Of pairs: every value is a number."""


class NoColumn(ValueError):
    """There is no such column; `str()` names it."""


def all_columns(record: type) -> tuple[Taken, ...]:
    """Every field of a record, in its own order."""
    return tuple(_of_field(field) for field in fields_of(record).values())


def columns_named(table: Table, names: Sequence[str]) -> tuple[Taken, ...]:
    """The columns of these names: fields, their aliases, or `metric.auc`. Raises NoColumn."""
    found = [(name, column_named(table, name)) for name in names]
    for name, column in found:
        if column is None:
            raise NoColumn(name)
    return tuple(column for _, column in found if column is not None)


def shown_columns(table: Table, columns: Sequence[Column[Any]], look: Look) -> tuple[Taken, ...]:
    """The columns of a view as it shows them: by their field where they have one, else by their words."""
    made = [column_named(table, column.field) or _of_cell(column, look) for column in columns if column.title]
    return tuple({column.name: column for column in made}.values())


def column_named(table: Table, name: str) -> Taken | None:
    """The field or the one of its pairs a name means; None when there is none."""
    field = field_named(table, name) if name else None
    if field is not None:
        return _of_field(field)
    reach, dot, rest = name.partition(".")
    pairs = field_named(table, reach) if dot and rest else None
    if pairs is None or pairs.kind != "pairs":
        return None
    read: Callable[[Any], dict[str, Any] | None] = attrgetter(pairs.name)
    kind: Kind = "float" if pairs.is_numeric else "text"
    return Taken(f"{pairs.reach}.{rest}", kind, lambda record: _item(read(record), rest))


def _item(pairs: dict[str, Any] | None, name: str) -> Any:
    return pairs.get(name) if pairs else None


def _of_field(field: Field) -> Taken:
    return Taken(field.name, field.kind, attrgetter(field.name), field.is_numeric)


def _of_cell(column: Column[Any], look: Look) -> Taken:
    def words(record: Any) -> str | None:
        text = "".join(span.text for span in column.cell(record, look)).strip()
        return None if text in ("", "–") else text

    return Taken(column.title, "text", words)
