"""`amldeck estimate`: what nodes for some hours would cost by list price, before anything is submitted."""

from __future__ import annotations

import sys

import click

from app.cli import screen
from app.cli.asked import shared_options
from app.cli.chosen import workspace_asked
from app.cli.errand import Errand, QueryFailed, choose_workspace, opened, say
from app.cli.output import line_text, write_json
from app.estimate_words import what_if_lines
from app.estimating import site_of
from services.what_if import WhatIf, what_if
from widgets.safe import safe


@click.command("estimate")
@click.option("--nodes", type=click.IntRange(1, 100_000), default=1, show_default=True, help="Machines at once.")
@click.option("--hours", type=click.FloatRange(0, 1e5, min_open=True), help="How long; without it what an hour costs.")
@click.option("--size", metavar="SKU", help="The machine size: Standard_NC6s_v3.")
@click.option("--compute", metavar="NAME", help="A cluster of the workspace: its size, region and priority.")
@click.option("--low-priority", is_flag=True, help="Nodes that may be taken away: cheaper.")
@click.option("--region", metavar="REGION", help="Where; without, where the workspace's computes are.")
@click.option("--json", "form", flag_value="json", help="One object.")
@click.option("--table", "form", flag_value="table", default="table", help="Sentences (the default).")
@shared_options
@click.pass_context
def command(
    context: click.Context, nodes: int, hours: float | None, size: str | None, compute: str | None, region: str | None,
    form: str, *, low_priority: bool,
) -> None:  # fmt: skip
    """Say what nodes × hours × size would cost by list price: no discount, no disks, no waiting is in it.

    Prices are those that are known here: `amldeck prices refresh` reads more of them.
    """
    if bool(size) == bool(compute):
        raise click.UsageError("Name a machine size with --size, or a cluster with --compute.")
    with opened(context) as errand:
        session = errand.session
        if compute or workspace_asked(errand.asked, errand.settings) or session.workspace is not None:
            choose_workspace(errand)
        found = _worked_out(errand, nodes, hours, size, compute, region, is_low=low_priority)
        if form == "json":
            write_json([found], sys.stdout.write)
        else:
            _say(found)
        sys.stdout.flush()


def _worked_out(
    errand: Errand, nodes: int, hours: float | None, size: str | None, compute: str | None, region: str | None,
    *, is_low: bool,
) -> WhatIf:  # fmt: skip
    """Raises QueryFailed for a cluster there is not."""
    session = errand.session
    if compute:
        errand.refresh(("compute",))
    site = site_of(session.store, session.scope)
    if compute:
        known = site.computes.get(compute.lower())
        if known is None:
            names = ", ".join(sorted(one.name for one in site.computes.values()))
            raise QueryFailed(f"There is no compute {safe(compute, 60)!r} in the cache. There are {safe(names, 1000)}.")
        size, region = known.vm_size, region or known.location
        is_low = is_low or (known.priority or "").lower().startswith("low")
    where = region or site.region
    return what_if(site.book, nodes, hours, size, where, "low priority" if is_low else "dedicated")


def _say(found: WhatIf) -> None:
    lines = what_if_lines(found)
    for line in lines:
        sys.stdout.write(line_text(line, is_coloured=screen.is_coloured()) + "\n")
    if found.per_hour is None and found.size and found.region:
        say("`amldeck prices refresh` reads list prices.")


COMMAND = command
