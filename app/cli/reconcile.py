"""`amldeck reconcile`: what the bill of machines was made of in the closed days, and what of it nobody can explain."""

from __future__ import annotations

import sys

import click
import msgspec

from app.cli import screen
from app.cli.asked import shared_options
from app.cli.errand import QueryFailed, choose_workspace, narrate_ages, narrate_problems, opened, say
from app.cli.output import line_text, write_csv, write_json
from app.reconciled_lines import reconciled_lines
from app.reconciling import DAYS, reconciled
from services.reconcile import PARTS, Reconciliation
from services.records import Money
from widgets.pane import Look

MADE_OF = ("costs", "compute", "endpoints", "deployments", "experiments", "runs", "history", "children", "estimates")
"""The sources of both sides."""


class ReconciledDay(msgspec.Struct, frozen=True, kw_only=True):
    """One closed day: what machines were billed, and what of it is estimated to be what."""

    day: str
    currency: str
    billed: Money
    jobs: Money
    idle: Money
    endpoints: Money
    instances: Money
    unexplained: Money


@click.command("reconcile")
@click.option("--days", type=click.IntRange(1, 28), default=DAYS, show_default=True, help="Closed days to look at.")
@click.option("--json", "form", flag_value="json", help="A list of objects, one for each day.")
@click.option("--csv", "form", flag_value="csv", help="Comma-separated, a line for each day.")
@click.option("--table", "form", flag_value="table", default="table", help="The parts of all days (the default).")
@shared_options
@click.pass_context
def command(context: click.Context, days: int, form: str) -> None:
    """Hold the bill of machines against the estimates: runs at work, idle nodes, endpoints, instances, unexplained.

    Closed days ended at least 48 hours ago: Azure adds nothing to them any more. Billed is what Cost Management says,
    everything else is estimated by list prices (`amldeck prices refresh`), and the two are never added up.
    """
    with opened(context) as errand:
        workspace = choose_workspace(errand)
        errand.refresh(MADE_OF)
        states = errand.states(MADE_OF)
        narrate_problems(errand, states)
        session = errand.session
        found = reconciled(session.store, session.scope, workspace.id, session.now(), days)
        if found.why_not:
            raise QueryFailed(found.why_not)
        say(f"{workspace.name}: {len(found.days)} closed days, billed and estimated in {found.currency}")
        narrate_ages(errand, states)
        _write(found, form, errand.look())


def rows_of(found: Reconciliation) -> list[ReconciledDay]:
    """A row for each day."""
    return [
        ReconciledDay(
            day=f"{one.day:%Y-%m-%d}", currency=found.currency, billed=Money(one.billed, found.currency),
            **{name: Money(one.parts[name], found.currency) for name in PARTS},
        )
        for one in found.days
    ]  # fmt: skip


def _write(found: Reconciliation, form: str, look: Look) -> None:
    out = sys.stdout.write
    if form == "json":
        write_json(rows_of(found), out)
    elif form == "csv":
        write_csv(ReconciledDay, rows_of(found), out)
    else:
        seen = Look(look.now, is_ascii=look.is_ascii or not screen.takes_unicode())
        for line in reconciled_lines(found, seen, width=screen.width() or 100):
            out(line_text(line, is_coloured=screen.is_coloured()).rstrip() + "\n")
    sys.stdout.flush()


COMMAND = command
