"""Which columns a pane shows: its own in an order of one's own, and columns for a metric, param or tag by its name.

A column goes by its title; one made of a reach by the reach: `metric.auc`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from cache.table import Field, Table, field_named
from widgets import format as fmt
from widgets.pane import Cell, Column, Look, Pane, Span
from widgets.safe import cell_width, safe

NARROWEST, WIDEST = 8, 16
"""Cells of a column made of a reach: as wide as its name, within these."""

OWN_RANK = 2
"""Who asks for a column wants to see it: only what names the row stands before it."""

IsNumber = Callable[[Field, str], bool]
"""Whether the values under a name of a pairs field are numbers. One look into an index."""


def name_of(column: Column[Any]) -> str:
    """What a column goes by."""
    return column.field if "." in column.field else column.title


def default_of(pane: Pane[Any]) -> tuple[str, ...]:
    """The names of the columns a pane has by itself."""
    return tuple(map(name_of, pane.columns))


def columns_of(pane: Pane[Any], chosen: Sequence[str], table: Table, is_number: IsNumber) -> tuple[Column[Any], ...]:
    """The columns to show; the pane's own when nothing is chosen. What there is none of is left out."""
    own = {name_of(column): column for column in pane.columns}
    if not chosen:
        return pane.columns
    wanted = [own.get(name) or reach_column(name, table, is_number) for name in (pane.columns[0].title, *chosen)]
    found = [column for column in dict.fromkeys(wanted) if column is not None]
    places = [pane.columns.index(column) for column in found if column in pane.columns]
    if places == sorted(places):
        return tuple(found)
    # Who has put them in order wants to see the first ones, however narrow the terminal is.
    first, *rest = found
    return (first, *(_ranked(column, at) for at, column in enumerate(rest, 1)))


def _ranked(column: Column[Any], at: int) -> Column[Any]:
    return column if "." in column.field else replace(column, rank=min(9, at))


def reach_of(name: str, table: Table) -> tuple[Field, str] | None:
    """The pairs field and the name in it that `metric.auc` means; None when it means none."""
    start, _, reach = name.partition(".")
    field = field_named(table, start)
    return (field, reach) if reach and field is not None and field.kind == "pairs" else None


def reach_column(name: str, table: Table, is_number: IsNumber) -> Column[Any] | None:
    """A column for one name of a pairs field; numbers are right-aligned, with digits that do not change."""
    found = reach_of(name, table)
    if found is None:
        return None
    field, reach = found

    def cell(record: Any, look: Look) -> Cell:
        value = getattr(record, field.name).get(reach)
        if isinstance(value, int | float):
            return (Span(fmt.metric(value, is_column=True)),)
        return fmt.words(value)

    title = safe(reach, WIDEST)
    width = max(NARROWEST, cell_width(title))
    is_right = field.is_numeric or is_number(field, reach)
    return Column(title, cell, width, f"{field.reach}.{reach}", is_right=is_right, rank=OWN_RANK)


def is_azures_own(name: str) -> bool:
    """Whether a tag or param is one the service keeps for itself: nobody looks for it in a list."""
    return name.startswith(("_aml_", "_azureml", "azureml.", "mlflow.", "__"))
