"""`amldeck quota`: what is left of the quota of the workspace's region, or of another one."""

from __future__ import annotations

import click

from app.cli.answer import give, understood
from app.cli.asked import shared_options
from app.cli.errand import DEADLINE, Errand, QueryFailed, TryAgain, choose_workspace, opened, trouble
from app.machine_tables import QUOTA_ROWS
from app.panes.quotas import QUOTAS
from widgets.safe import safe


@click.command("quota")
@click.argument("query", nargs=-1)
@click.option("--region", metavar="REGION", default="", help="Another region than the workspace's: northeurope.")
@click.option("--request", "is_request", is_flag=True, help="Print a request for more of each quota that is shown.")
@click.option("--json", "form", flag_value="json", help="A list of objects, keys are field names.")
@click.option("--csv", "form", flag_value="csv", help="Comma-separated, a column for each field.")
@click.option("--table", "form", flag_value="table", default="table", help="Aligned columns (the default).")
@shared_options
@click.pass_context
def command(context: click.Context, query: tuple[str, ...], region: str, is_request: bool, form: str) -> None:
    """Cores used against their limits, and what is really left of them.

    QUERY is filter text: `standing=near,full`, `waiting>0`, `name:NCSv3`. What is left has taken off it what managed
    online deployments keep for their upgrades: a fifth of their instances, rounded up.
    """
    place = region.strip().lower().replace(" ", "")
    with opened(context) as errand:
        if place:
            _read_region(errand, place)
        where = f'location="{place}"' if place else ""
        asked = tuple(part for part in (*query, where) if part)
        if is_request:
            _print_requests(errand, asked)
        else:
            give(errand, QUOTAS, QUOTA_ROWS, asked, form=form, limit=None, sort="")


def _read_region(errand: Errand, place: str) -> None:
    """Read the quota of a region, then what is made of it. Raises click exceptions; offline nothing is read."""
    choose_workspace(errand)
    if not errand.session.is_online:
        return
    errand.refresh(QUOTAS.sources)
    refresher = errand.refresher
    refresher.look_up("quotas_of", place, force=True)
    is_done = refresher.wait_for("quotas_of", place, DEADLINE)
    problem = refresher.lookup_state("quotas_of", place).problem
    if problem is not None:
        raise trouble(problem)
    if not is_done:
        raise TryAgain(f"The quota of {safe(place, 40)} was not read in {DEADLINE:.0f} s.")
    refresher.touch(["quota_rows"])


def _print_requests(errand: Errand, asked: tuple[str, ...]) -> None:
    choose_workspace(errand)
    errand.refresh(QUOTAS.sources)
    text = " ".join(asked) or QUOTAS.trouble
    where = understood(text, QUOTA_ROWS, errand)
    rows = [seen.record for seen in errand.session.store.records("quota_rows", errand.session.scope, where)]
    if not rows:
        raise QueryFailed(f"No quota matches {safe(text, 200)}.")
    click.echo("\n\n".join(_lines(one.request) for one in rows))


def _lines(text: str) -> str:
    return "\n".join(safe(line, 500) for line in text.split("\n"))


COMMAND = command
