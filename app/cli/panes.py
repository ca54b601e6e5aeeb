"""`amldeck runs 'status:failed created<24h' --json`: every pane of `PANES` as a command."""

from __future__ import annotations

from typing import Any

import click

from app.cli.answer import TABLE_LIMIT, give
from app.cli.asked import shared_options
from app.cli.errand import opened
from app.cli.grouped import give_groups, grouping
from app.cli.into import form_options, wanted
from app.cli.suggest import names_of_fields, words_of_filter
from app.cli.views import view_named
from app.panes import PANES
from app.tables import TABLES
from cache.query import fields
from widgets.pane import Pane

BILLED = "costs"
"""The pane whose rows are a bill, which can be cut other ways, too."""
_TABLES = {table.name: table for table in TABLES}


def pane_named(name: str) -> Pane[Any] | None:
    """The pane a verb means."""
    return next((pane for pane in PANES if pane.name == name), None)


def pane_command(pane: Pane[Any]) -> click.Command:
    """The command that answers what a pane shows."""
    table = _TABLES.get(pane.table)

    @click.command(pane.name, help=_help(pane), short_help=summary(pane))
    @click.argument("query", nargs=-1, shell_complete=words_of_filter(pane))
    @form_options(table)
    @click.option("--limit", type=click.IntRange(min=0), help=f"Rows at most, 0 for all (tables: {TABLE_LIMIT}).")
    @click.option("--sort", metavar="FIELD", default="", shell_complete=names_of_fields(table),
                  help=f"Order by a field, -field descending ({pane.order}).")  # fmt: skip
    @click.option("--view", metavar="NAME", default="", help="A saved view (`amldeck views`); QUERY narrows it.")
    @click.option("--group-by", metavar="FIELD", shell_complete=names_of_fields(table),
                  help="Roll the rows up by a field or tag.NAME; '' gives the rows of a grouped view.")  # fmt: skip
    @shared_options
    @click.pass_context
    def command(
        context: click.Context, query: tuple[str, ...], form: str, limit: int | None, sort: str, view: str,
        group_by: str | None, **file: Any,
    ) -> None:  # fmt: skip
        into, order = wanted(form, **file), sort
        if view:
            saved = view_named(view, pane.name)
            query, order = (saved.filter, *query), sort or saved.order
            group_by = saved.group_by if group_by is None else group_by
        if group_by:
            by = grouping(table, group_by, into, sort)
            with opened(context) as errand:
                give_groups(errand, pane, by, query, form=form, limit=limit)
            return
        with opened(context) as errand:
            give(errand, pane, table, query, form=form, limit=limit, sort=order, into=into)

    if pane.name == BILLED:
        from app.cli.costs import with_bill

        return with_bill(command)
    return command


def summary(pane: Pane[Any]) -> str:
    """One line about a pane, for the list of commands."""
    return _about(pane).split(". ")[0].rstrip(".") + "."


def _about(pane: Pane[Any]) -> str:
    """What a pane is, without its sentences about keys."""
    return ". ".join(one for one in pane.help.split(". ") if "{" not in one).rstrip(".") + "."


def _help(pane: Pane[Any]) -> str:
    table = _TABLES.get(pane.table)
    if table is None:
        return f"{_about(pane)}\n\nQUERY is words a line has to hold."
    first = f" Without one it is {pane.filter!r}; '' shows all." if pane.filter else ""
    return (
        f"{_about(pane)}\n\nQUERY is filter text: words, field:part, field=value, field~regex, created<24h, !term, a|b."
        f"{first}\n\nFields: {', '.join(fields(table))}."
    )
