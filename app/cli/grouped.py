"""Rows rolled up by a field: `amldeck runs --group-by user`, and what `--view` gives of a view that is grouped."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

import click

from app.cli.answer import TABLE_LIMIT, check_known, refreshed, understood, write
from app.cli.errand import Errand, narrate_ages, narrate_problems, say
from app.cli.into import Wanted
from app.finding import Finder
from app.groups import GroupRow, group_cost, group_row
from cache.groups import is_countable
from cache.table import Table
from widgets import format as fmt
from widgets.pane import Cell, Column, Look, Pane
from widgets.safe import safe


class Grouping(NamedTuple):
    """A table, and what its rows are rolled up by."""

    table: Table
    by: str


def grouping(table: Table | None, by: str, into: Wanted, sort: str) -> Grouping:
    """What `--group-by` means. Raises click.UsageError before anything is asked of anybody."""
    if table is None or not is_countable(table, by):
        raise click.UsageError(f"Rows cannot be grouped by {safe(by, 100)!r}: name a field, or tag.NAME.")
    if into.is_file or into.names or sort:
        raise click.UsageError("Groups have no file, --columns or --sort: --group-by '' gives their rows.")
    return Grouping(table, by)


def give_groups(
    errand: Errand, pane: Pane[Any], wanted: Grouping, query: Sequence[str], *, form: str, limit: int | None
) -> None:
    """Answer with the values of a field, those with the most rows first. Raises click exceptions."""
    text = " ".join(query) if query else pane.filter
    understood(text, wanted.table, errand)
    workspace, states = refreshed(errand, pane)
    finder = Finder(errand.session, dict)
    found, costs = finder.groups(pane, text, wanted.by), finder.costs(pane, text, wanted.by)
    if not found:
        check_known(errand, pane, states, workspace)
    shown = limit or (TABLE_LIMIT if limit is None and form == "table" else len(found))
    narrate_problems(errand, states)
    say(f"{workspace.name}: {len(found):,} {'value' if len(found) == 1 else 'values'} of {wanted.by}, "
        f"{sum(one.size for one in found):,} {pane.noun}{f' that match {text}' if text else ''}")  # fmt: skip
    if shown < len(found):
        say(f"Only the first {shown:,} are shown; --limit 0 shows all.")
    narrate_ages(errand, states)
    rolled = dataclasses.replace(pane, record=GroupRow, columns=_columns(wanted.by, has_costs=bool(costs)))
    write(rolled, (group_row(one, costs) for one in islice(found, shown)), form, errand.look())


def _columns(by: str, *, has_costs: bool) -> tuple[Column[GroupRow], ...]:
    def hours(row: GroupRow, look: Look) -> Cell:
        return fmt.words(fmt.count(None if row.duration is None else round(row.duration / 3600)))

    def last(row: GroupRow, look: Look) -> Cell:
        return fmt.words(fmt.age(row.latest, look.now))

    return (
        Column(by, lambda row, look: fmt.words(row.value), 24, grows=True),
        Column("rows", lambda row, look: fmt.words(fmt.count(row.rows)), 7, is_right=True),
        Column("failed", lambda row, look: fmt.words(fmt.count(row.failed)), 7, is_right=True),
        Column("well", lambda row, look: fmt.words(fmt.percent(row.well)), 5, is_right=True),
        Column("hours", hours, 7, is_right=True),
        *((Column("cost $", group_cost, 10, is_right=True),) if has_costs else ()),
        Column("last", last, 5, is_right=True),
    )
