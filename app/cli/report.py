"""`amldeck report --month 2026-11 --out DIR`: what a month cost, billed and estimated apart, as Markdown and CSV."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

import click

from app.cli.asked import shared_options
from app.cli.errand import Errand, QueryFailed, choose_workspace, narrate_problems, opened, say
from app.cli.output import write_csv
from app.cli.reconcile import MADE_OF
from app.exports.files import new_file
from app.month_costs import CostOf, MonthCosts, month_costs, month_named, settled
from app.month_report import About, month_report
from app.reconciling import reconciled
from services.records import WorkspaceRef
from widgets.safe import safe


@click.command("report")
@click.option("--month", metavar="YYYY-MM", default="", help="The month; this one without.")
@click.option(
    "--out", "folder", type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder for cost-report-YYYY-MM.md and .csv; without it the Markdown is printed.",
)  # fmt: skip
@click.option("--force", "is_forced", is_flag=True, help="Replace files of these names.")
@shared_options
@click.pass_context
def command(context: click.Context, month: str, folder: Path | None, *, is_forced: bool) -> None:
    """Write what a month cost by experiment, user and endpoint, with ages, basis and what is missing.

    Billed is what Cost Management says, estimated is list prices times machines; they are never added up.
    """
    with opened(context) as errand:
        try:
            start = month_named(month, errand.session.now())
        except ValueError as error:
            raise click.UsageError(f"--month {safe(month, 40)!r} is no month: write 2026-11.") from error
        workspace = choose_workspace(errand)
        errand.refresh(MADE_OF)
        narrate_problems(errand, errand.states(MADE_OF))
        session = errand.session
        found = month_costs(session.store, session.scope, start, session.now())
        text = _text(errand, workspace, found)
        if folder is None:
            sys.stdout.write(text)
            sys.stdout.flush()
            return
        _write(folder, found, text, is_forced=is_forced)


def _text(errand: Errand, workspace: WorkspaceRef, found: MonthCosts) -> str:
    session = errand.session
    states = {state.name: state for state in errand.states(MADE_OF)}
    missing = [state.problem.sentence for state in states.values() if state.problem is not None]
    about = About(workspace.name, session.now(), states["costs"].last_ok, states["runs"].last_ok, missing)
    found_parts = reconciled(session.store, session.scope, workspace.id, settled(found.month, session.now()))
    return month_report(found, found_parts, about)


def _write(folder: Path, found: MonthCosts, text: str, *, is_forced: bool) -> None:
    """Both files, each whole or not at all. Raises QueryFailed."""
    stem = f"cost-report-{found.month:%Y-%m}"
    try:
        for ending in ("md", "csv"):
            path = folder / f"{stem}.{ending}"
            with new_file(path, is_forced=is_forced) as part, part.open("w", encoding="utf-8", newline="") as file:
                _fill(file, found, text if ending == "md" else None)
            say(f"Wrote {path}")
    except FileExistsError as error:
        raise QueryFailed(f"{safe(str(error.filename), 500)} is there already; --force replaces it.") from error
    except OSError as error:
        raise QueryFailed(f"The report could not be written: {error.strerror or error}.") from error


def _fill(file: TextIO, found: MonthCosts, text: str | None) -> None:
    if text is not None:
        file.write(text)
    else:
        write_csv(CostOf, found.rows, file.write)


COMMAND = command
