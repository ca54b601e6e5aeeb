"""`amldeck compare RUN RUN…`: what differs between runs, as text, JSON or CSV."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence

import click

from app.cli import screen
from app.cli.asked import shared_options
from app.cli.errand import (
    DEADLINE,
    PATIENCE,
    Errand,
    QueryFailed,
    choose_workspace,
    narrate_ages,
    narrate_problems,
    opened,
    say,
)
from app.cli.output import write_csv, write_json, write_table
from app.comparing import Unclear, last_good, named_run
from app.overlaying import Made, overlaid
from app.side_by_side import NAME_WIDTH, RUN_WIDTH, Told, as_pane, counted_sections, entries, told
from services.comparison import MOST, Comparison, compare
from services.curves import ABOUT, Curves, curve_lines
from services.run import Run
from widgets import format as fmt
from widgets.pane import Look
from widgets.safe import safe

SOURCES = ("experiments", "runs")


@click.command("compare")
@click.argument("names", metavar="RUN...", nargs=-1, required=True)
@click.option("--last-good", "is_last_good", is_flag=True, help="Compare one run with the last good of its experiment.")
@click.option("--all", "is_all", is_flag=True, help="Also what is equal.")
@click.option("--json", "form", flag_value="json", help="A list of objects, one for each value of each run.")
@click.option("--csv", "form", flag_value="csv", help="The same as comma-separated lines.")
@click.option("--table", "form", flag_value="table", default="table", help="A column for each run (the default).")
@shared_options
@click.pass_context
def command(context: click.Context, names: tuple[str, ...], is_last_good: bool, is_all: bool, form: str) -> None:
    """What differs between 2 to 20 runs: metrics, curves, parameters, code, environment, compute, command and tags.

    RUN is the id of a run, or its name where no other is called so. The first run is the base.
    """
    if is_last_good and len(names) != 1:
        raise click.UsageError("--last-good compares one run: name one.")
    if not is_last_good and not 1 < len(names) <= MOST:
        raise click.UsageError(f"2 to {MOST} runs can be compared; for one there is --last-good.")
    with opened(context) as errand:
        choose_workspace(errand)
        errand.refresh(SOURCES)
        states = errand.states(SOURCES)
        runs = _found(errand, names, is_last_good=is_last_good)
        narrate_problems(errand, states)
        curves = _curves(errand, runs)
        comparison = compare(runs, curve_lines(curves))
        _narrate(comparison)
        if any(parting is not None for one in curves for parting in one.partings):
            say(f"Curves: {ABOUT}")
        narrate_ages(errand, states)
        _write(errand, comparison, form, is_all=is_all)


def _found(errand: Errand, names: Iterable[str], *, is_last_good: bool) -> list[Run]:
    session = errand.session
    store, scope, now = session.store, session.scope, session.now()
    try:
        runs = [named_run(store, scope, name, now) for name in names]
    except Unclear as unclear:
        raise QueryFailed(f"{safe(unclear, 2000)}.") from unclear
    if len({run.id for run in runs}) < len(runs):
        raise click.UsageError("The same run is named twice.")
    if not is_last_good:
        return runs
    good = last_good(store, scope, runs[0], now)
    if good is None:
        where = f"experiment {safe(runs[0].experiment)}" if runs[0].experiment else "its experiment"
        raise QueryFailed(f"No run of {where} before {safe(runs[0].name)} that completed has been seen.")
    return [good, *runs]


def _curves(errand: Errand, runs: Sequence[Run]) -> Sequence[Curves]:
    """What the metrics of the runs did on their way: read where that is stale, else as it is cached."""
    for run in runs:
        errand.refresher.look_up("metrics", run.id, force=errand.asked.fresh)
    end = time.monotonic() + (DEADLINE if errand.asked.fresh else PATIENCE)
    late = [run for run in runs
            if not errand.refresher.wait_for("metrics", run.id, max(0.0, end - time.monotonic()))]  # fmt: skip
    session = errand.session
    found = overlaid(session.store, session.scope, runs, Made())
    states = [errand.refresher.lookup_state("metrics", run.id) for run in runs]
    for problem in dict.fromkeys(state.problem.sentence for state in states if state.problem is not None):
        say(f"Metrics: {problem}")
    if late:
        say(f"Metrics: {len(late)} of {len(runs)} runs are still being read; this is what came so far.")
    never = [
        run.name for run, state in zip(runs, states, strict=True) if state.last_ok is None and run in found.without
    ]
    if never and not late:
        say(f"Metrics: never read of {', '.join(never)}.")
    elif (ages := [state.last_ok for state in states if state.last_ok is not None]) and found.curves:
        say(f"Metrics: read {fmt.age(min(ages), session.now())} ago.")
    return found.curves


def _narrate(comparison: Comparison) -> None:
    base, *others = comparison.runs
    names = ", ".join(run.name for run in others)
    say(f"{names} against {base.name} ({base.id}): {counted_sections(comparison)}")


def _write(errand: Errand, comparison: Comparison, form: str, *, is_all: bool) -> None:
    out = sys.stdout.write
    if form == "json":
        write_json(told(comparison, is_all=is_all), out)
    elif form == "csv":
        write_csv(Told, told(comparison, is_all=is_all), out)
    else:
        _write_table(errand, comparison, is_all=is_all)
    sys.stdout.flush()


def _write_table(errand: Errand, comparison: Comparison, *, is_all: bool) -> None:
    """Write the runs that fit beside the base, then the base and the next ones below: none is left out."""
    rows, width = entries(comparison, is_all=is_all), screen.width()
    if not rows:
        sys.stdout.write("Nothing differs that is known of these runs; --all shows what is equal.\n")
    look = errand.look()
    look = Look(look.now, is_ascii=look.is_ascii or not screen.takes_unicode())
    beside = len(comparison.runs) if width is None else max(1, (width - NAME_WIDTH - RUN_WIDTH - 2) // (RUN_WIDTH + 8))
    others = range(1, len(comparison.runs))
    for first in range(0, len(others) if rows else 0, beside):
        if first:
            sys.stdout.write("\n")
        pane = as_pane(comparison, (0, *others[first : first + beside]))
        write_table(pane, rows, sys.stdout.write, look, width=None, is_coloured=screen.is_coloured())


COMMAND = command
