"""`amldeck runs 'status:failed created<24h' --json`: every pane of `PANES` as a command."""

from __future__ import annotations

from typing import Any

import click

from app.cli.answer import TABLE_LIMIT, give
from app.cli.asked import shared_options
from app.cli.errand import opened
from app.cli.into import form_options, wanted
from app.panes import PANES
from app.tables import TABLES
from cache.query import fields
from widgets.pane import Pane

_TABLES = {table.name: table for table in TABLES}


def pane_named(name: str) -> Pane[Any] | None:
    """The pane a verb means."""
    return next((pane for pane in PANES if pane.name == name), None)


def pane_command(pane: Pane[Any]) -> click.Command:
    """The command that answers what a pane shows."""

    @click.command(pane.name, help=_help(pane), short_help=summary(pane))
    @click.argument("query", nargs=-1)
    @form_options
    @click.option("--limit", type=click.IntRange(min=0), help=f"Rows at most, 0 for all (tables: {TABLE_LIMIT}).")
    @click.option("--sort", metavar="FIELD", default="", help=f"Order by a field, -field descending ({pane.order}).")
    @shared_options
    @click.pass_context
    def command(
        context: click.Context, query: tuple[str, ...], form: str, limit: int | None, sort: str, **file: Any
    ) -> None:
        into = wanted(form, **file)
        with opened(context) as errand:
            give(errand, pane, _TABLES.get(pane.table), query, form=form, limit=limit, sort=sort, into=into)

    return command


def summary(pane: Pane[Any]) -> str:
    """One line about a pane, for the list of commands."""
    return pane.help.split(". ")[0].rstrip(".") + "."


def _help(pane: Pane[Any]) -> str:
    table = _TABLES.get(pane.table)
    if table is None:
        return f"{pane.help}\n\nQUERY is words a line has to hold."
    first = f" Without one it is {pane.filter!r}; '' shows all." if pane.filter else ""
    return (
        f"{pane.help}\n\nQUERY is filter text: words, field:part, field=value, created<24h, !term, a|b.{first}"
        f"\n\nFields: {', '.join(fields(table))}."
    )
