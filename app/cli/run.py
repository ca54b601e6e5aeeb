"""`amldeck run ID`: everything the cache has about one run, as one JSON object."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from app.cli import suggest
from app.cli.asked import shared_options
from app.cli.errand import Errand, QueryFailed, choose_workspace, narrate_ages, narrate_problems, opened, say
from app.exports.files import new_file
from app.exports.taking import trouble
from app.exports.whole import NotSeen, whole, whole_text
from app.tables import RUNS
from cache.query import parse
from cache.quoting import equals
from widgets import format as fmt
from widgets.safe import safe

SOURCES = ("experiments", "runs")
FEW = 5


@click.command("run")
@click.argument("run", shell_complete=suggest.runs)
@click.option("-o", "--output", "file", metavar="FILE", default="", help="Into a new private file.")
@click.option("--force", "is_forced", is_flag=True, help="Replace the file when it is there.")
@shared_options
@click.pass_context
def command(context: click.Context, run: str, file: str, is_forced: bool) -> None:
    """Everything the cache has about RUN, its id or a name that only one has, as one JSON object.

    Record with parameters and last metrics, Azure's own document without secrets, history, children by status, what
    other panes know about it, and how old all of it is.
    """
    with opened(context) as errand:
        workspace = choose_workspace(errand)
        errand.refresh(SOURCES)
        states = errand.states(SOURCES)
        try:
            text = whole_text(whole(errand.session, RUNS, _key(errand, run), states))
        except NotSeen as error:
            raise QueryFailed(f"No run of {workspace.name} that was seen so far is {safe(run, 100)!r}.") from error
        narrate_problems(errand, states)
        narrate_ages(errand, states)
    if file:
        _write(Path(os.path.expanduser(file)), text, is_forced=is_forced)
    else:
        sys.stdout.write(text)
        sys.stdout.flush()


def _key(errand: Errand, run: str) -> str:
    """The id that is meant. Raises click.UsageError when several runs have the name."""
    store, scope = errand.session.store, errand.session.scope
    if store.get(RUNS.name, scope, run) is not None:
        return run
    where = parse(equals("name", run), RUNS, now=errand.session.now())
    found = [seen.key for seen in store.records(RUNS.name, scope, where, "-created", FEW)]
    if len(found) > 1:
        more = " …" if len(found) == FEW else ""
        raise click.UsageError(f"Several runs are called {safe(run, 100)!r}: {safe(', '.join(found), 500)}{more}")
    return found[0] if found else run


def _write(path: Path, text: str, *, is_forced: bool) -> None:
    try:
        with new_file(path, is_forced=is_forced) as part:
            part.write_text(text, encoding="utf-8")
    except OSError as error:
        raise QueryFailed(trouble(path, error)) from error
    say(f"The run in {path} ({fmt.size(path.stat().st_size)})")


COMMAND = command
