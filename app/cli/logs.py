"""`amldeck logs RUN`: the log of a run that matters first, or one by name, without a screen."""

from __future__ import annotations

import time

import click

from app.cli.asked import shared_options
from app.cli.errand import DEADLINE, PATIENCE, Errand, QueryFailed, choose_workspace, opened, say, trouble
from app.cli.log_output import LogPrinter
from app.kept_logs import KeptLog, kept_log, path_of
from app.tables import RUN_LOGS, RUNS
from cache.log_search import BadPattern, Find, finder
from cache.log_text import LogText
from cache.query import parse
from cache.quoting import equals
from services.run_logs import RunLog
from widgets import format as fmt
from widgets.safe import safe

EVERY = 2.0
"""Seconds between two looks at a log that is followed."""


@click.command("logs")
@click.argument("run")
@click.argument("file", required=False)
@click.option("--list", "is_list", is_flag=True, help="The run's logs and their sizes, the one that matters first.")
@click.option("--follow", "-f", is_flag=True, help="Print what is added, until the run has ended.")
@click.option("--grep", metavar="TEXT", default="", help="Only lines with this text; ~REGEX for an expression (RE2).")
@click.option("--tail", type=click.IntRange(min=0), metavar="N", help="Only the last N lines.")
@click.option("--raw", is_flag=True, help="The bytes as they are, for a file: a terminal may obey what is in them.")
@shared_options
@click.pass_context
def command(
    context: click.Context,
    run: str,
    file: str | None,
    is_list: bool,
    follow: bool,
    grep: str,
    tail: int | None,
    raw: bool,
) -> None:
    """Print a log of RUN (its id or name): FILE, or the one that matters first, which is said with the reason.

    Secrets are taken out, and control characters are made visible.
    """
    find = _find(grep)
    with opened(context) as errand:
        choose_workspace(errand)
        run_id = run_named(errand, run)
        logs = _listed(errand, run_id)
        if is_list:
            _print_list(logs)
            return
        log = _chosen(logs, file)
        say(f"{log.name}: {log.reason}." if log.reason and not file else log.name)
        _print_log(errand, run_id, log.name, find, tail=tail, is_followed=follow, is_raw=raw)


def run_named(errand: Errand, named: str) -> str:
    """The id of the run that is meant: an id, or the name of one run alone. Raises UsageError for a name of several."""
    session = errand.session
    if session.store.get("runs", session.scope, named) is not None:
        return named
    where = parse(equals("name", named), RUNS, now=session.now())
    found = [seen.record.id for seen in session.store.records("runs", session.scope, where, "-created", 6)]
    if len(found) > 1:
        raise click.UsageError(f"{len(found)} runs or more are called {safe(named)}: {', '.join(map(safe, found))}.")
    return found[0] if found else named


def _find(grep: str) -> Find | None:
    try:
        return finder(grep) if grep else None
    except BadPattern as error:
        raise click.UsageError(str(error)) from error


def _listed(errand: Errand, run_id: str) -> list[RunLog]:
    """The logs of the run, read now if that is possible. Raises QueryFailed and TryAgain when none is known."""
    session = errand.session
    for name in ("run", "logs"):
        _look_up(errand, name, run_id)
    where = parse(f'run="{run_id}"', RUN_LOGS, now=session.now())
    found = [seen.record for seen in session.store.records("run_logs", session.scope, where, "rank")]
    problem = errand.refresher.lookup_state("logs", run_id).problem
    if problem is not None and not found:
        raise trouble(problem)
    if problem is not None:
        say(f"{problem.sentence} Showing what was seen before.")
    if not found:
        why = "Azure has none of it yet." if session.is_online else "None was seen before; --offline asks nobody."
        raise QueryFailed(f"There are no logs of {safe(run_id)}: {why}")
    return found


def _look_up(errand: Errand, name: str, key: str) -> None:
    errand.refresher.look_up(name, key, force=True)
    errand.refresher.wait_for(name, key, DEADLINE if errand.asked.fresh else 3 * PATIENCE)


def _print_list(logs: list[RunLog]) -> None:
    width = max(len(safe(log.name)) for log in logs)
    for log in logs:
        click.echo(f"{safe(log.name):<{width}}  {fmt.size(log.size):>8}  {safe(log.reason or '')}".rstrip())


def _chosen(logs: list[RunLog], file: str | None) -> RunLog:
    if file is None:
        return logs[0]
    exact = [log for log in logs if log.name == file]
    found = exact or [log for log in logs if log.name.endswith(f"/{file}")] or [log for log in logs if file in log.name]
    if len(found) == 1:
        return found[0]
    names = ", ".join(safe(log.name) for log in found or logs)
    raise click.UsageError(
        f"{safe(file)!r} is {'the name of several logs' if found else 'no log of the run'}: {names}."
    )


def _print_log(
    errand: Errand, run: str, name: str, find: Find | None, *, tail: int | None, is_followed: bool, is_raw: bool
) -> None:
    kept = _read(errand, run, name, is_whole=tail is None)
    text = LogText(path_of(errand.session.store, errand.session.scope, kept))
    try:
        printer = LogPrinter(text, find, is_raw=is_raw)
        if kept.begins:
            say(f"{fmt.size(kept.begins)} before this are not here.")
        printer.go_on() if tail is None else printer.begin_at_end(tail)
        while is_followed and not kept.is_ended and errand.session.is_online:
            time.sleep(EVERY)
            _look_up(errand, "run", run)
            kept = _read(errand, run, name, is_whole=False)
            printer.go_on()
    finally:
        text.close()


def _read(errand: Errand, run: str, name: str, *, is_whole: bool) -> KeptLog:
    session, key = errand.session, f"{run}/{name}"
    _look_up(errand, "log", key)
    kept = kept_log(session.store, session.scope, run, name)
    if kept is not None and kept.begins and is_whole and session.is_online:
        say(f"Fetching all of {fmt.size(kept.size)}.")
        errand.refresher.look_up("whole_log", key, force=True)
        errand.refresher.wait_for("whole_log", key, DEADLINE)
        kept = kept_log(session.store, session.scope, run, name)
    problem = errand.refresher.lookup_state("log", key).problem
    if kept is None:
        if problem is not None:
            raise trouble(problem)
        raise QueryFailed(f"{safe(name)} was never seen here; --offline asks nobody.")
    if problem is not None:
        say(f"{problem.sentence} Showing what was seen before.")
    elif not session.is_online:
        say(f"As of {_age(errand, run, name)}.")
    return kept


def _age(errand: Errand, run: str, name: str) -> str:
    session = errand.session
    seen = session.store.get("kept_logs", session.scope, f"{run}|{name}")
    return f"{fmt.age(seen.fetched_at, session.now())} ago" if seen is not None else "before"


COMMAND = command
