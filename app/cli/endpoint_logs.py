"""`amldeck endpoint-logs ENDPOINT [DEPLOYMENT]`: what a container behind an endpoint writes, without a screen."""

from __future__ import annotations

import sys
import time
from datetime import datetime

import click
import msgspec

from app.cli.asked import shared_options, suggested
from app.cli.endpoint_named import endpoint_named
from app.cli.errand import DEADLINE, PATIENCE, Errand, QueryFailed, choose_workspace, opened, say, trouble
from app.cli.log_output import LogPrinter
from app.container_logs.kept import ContainerLog, Where, kept_container, last_lines, path_of
from app.container_logs.open import Opening
from app.permits import may_i
from cache.log_search import BadPattern, Find, finder
from cache.log_text import LogText
from services.container_logs import ACTION, CONTAINERS, USUAL_TAIL
from widgets import format as fmt
from widgets.safe import safe

EVERY = 5.0
"""Seconds between two looks at a log that is followed."""


class PrintedLog(msgspec.Struct, frozen=True, kw_only=True):
    """A container's log as one object of JSON."""

    endpoint: str
    deployment: str
    container: str
    read_at: datetime | None
    joined_by: int | None
    """Lines the last answer shares with what was known before."""
    gaps: int
    status: tuple[str, ...]
    events: tuple[str, ...]
    lines: tuple[str, ...]


@click.command("endpoint-logs")
@click.argument("endpoint", shell_complete=suggested("endpoints"))
@click.argument("deployment", required=False, shell_complete=suggested("deployments"))
@click.option("--container", type=click.Choice(CONTAINERS), default=CONTAINERS[0], help="Which one of the two.")
@click.option("--tail", type=click.IntRange(min=0), default=USUAL_TAIL, metavar="N", help="Only the last N lines.")
@click.option("--follow", "-f", is_flag=True, help="Ask again every few seconds, and print what is added.")
@click.option("--grep", metavar="TEXT", default="", help="Only lines with this text; ~REGEX for an expression (RE2).")
@click.option("--json", "is_json", is_flag=True, help="One object: how far the instance came, its events, its lines.")
@shared_options
@click.pass_context
def COMMAND(
    context: click.Context, endpoint: str, deployment: str | None, container: str, tail: int, follow: bool, grep: str,
    is_json: bool,
) -> None:  # fmt: skip
    """Print the log of a container behind ENDPOINT: of DEPLOYMENT, or of the one with the most traffic.

    Azure gives the end of one instance's log, which it chooses. What was read before is kept, and joined to it by the
    lines both have; where they have none, a line says that lines may be missing.
    """
    if is_json and follow:
        raise click.UsageError("--json is one object, and --follow goes on: choose one.")
    find = _find(grep)
    with opened(context) as errand:
        choose_workspace(errand)
        where = _where(errand, endpoint_named(errand, endpoint), deployment, container)
        log = _read(errand, where)
        if is_json:
            _print_json(errand, where, log, tail)
        else:
            _print(errand, where, log, find, tail=tail, is_followed=follow)


def _find(grep: str) -> Find | None:
    try:
        return finder(grep) if grep else None
    except BadPattern as error:
        raise click.UsageError(str(error)) from error


def _where(errand: Errand, endpoint: str, deployment: str | None, container: str) -> Where:
    """The container that is meant. Raises QueryFailed for a deployment that is not there."""
    opening = Opening(errand.session)
    row, names = opening.deployments(endpoint)
    if deployment is not None and deployment not in names:
        raise QueryFailed(
            f"{endpoint} has no deployment {safe(deployment, 60)!r}; it has {', '.join(names) or 'none'}."
        )
    traffic = row.record.traffic if row is not None else None
    wheres = opening.wheres(endpoint, [deployment] if deployment else names, traffic, "")
    found = next((one for one in wheres if one.container == container), None)
    if found is None:
        raise QueryFailed(f"{endpoint} has no deployment, so no container writes a log.")
    return found


def _read(errand: Errand, where: Where) -> ContainerLog:
    """The log as it is kept, read on now if that is possible and allowed. Raises QueryFailed and TryAgain."""
    session = errand.session
    denied = _denied(errand)
    if denied is None or errand.asked.fresh:
        errand.refresher.look_up("container_log", where.key, force=True)
        errand.refresher.wait_for("container_log", where.key, DEADLINE if errand.asked.fresh else 3 * PATIENCE)
    problem = errand.refresher.lookup_state("container_log", where.key).problem
    kept = kept_container(session.store, session.scope, where.key)
    if problem is not None and (kept is None or errand.asked.fresh):
        raise trouble(problem)
    if kept is None:
        raise QueryFailed(denied or f"{where.name} was never read here; --offline asks nobody.")
    said = problem.sentence if problem is not None else denied
    if said is not None:
        say(f"{said} Showing what was read before.")
    return kept


def _denied(errand: Errand) -> str | None:
    """Why Azure is not asked; None where it may be, as far as the cache knows."""
    session = errand.session
    if session.workspace is None or not session.is_online:
        return None
    permit = may_i(session.store, session.scope, session.workspace.id, ACTION, now=session.now())
    if permit.answer != "denied":
        return None
    return (f"You may not read the logs of containers: it takes {ACTION}, which Reader does not have, "
            f"and {permit.role or 'AzureML Data Scientist'} has. --fresh asks Azure all the same.")  # fmt: skip


def _print(errand: Errand, where: Where, log: ContainerLog, find: Find | None, *, tail: int, is_followed: bool) -> None:
    session = errand.session
    say(f"{where.name}: {_told(errand, where, log)}")
    text = LogText(path_of(session.store, session.scope, where.key))
    try:
        printer = LogPrinter(text, find, is_raw=False)
        printer.begin_at_end(tail)
        while is_followed and session.is_online:
            time.sleep(EVERY)
            gaps, log = log.gaps, _read(errand, where)
            if log.gaps > gaps:
                say("Nothing of what was read before is in this answer: lines may be missing.")
            printer.go_on()
    finally:
        text.close()


def _told(errand: Errand, where: Where, log: ContainerLog) -> str:
    """How old it is, how it was put together, and how far the instance came where it came not all the way."""
    state = errand.refresher.lookup_state("container_log", where.key)
    parts = [f"read {fmt.age(state.last_ok, errand.session.now())} ago" if state.last_ok else "read before"]
    parts += [f"joined by overlap, {log.shared} lines"] if log.shared else []
    parts += [f"{log.gaps} gap{'s' * (log.gaps > 1)} of unknown length"] if log.gaps else []
    parts += [safe(one, 200) for one in log.status if "Succeeded" not in one]
    return "; ".join((*parts, "one instance, chosen by Azure"))


def _print_json(errand: Errand, where: Where, log: ContainerLog, tail: int) -> None:
    session = errand.session
    lines = last_lines(path_of(session.store, session.scope, where.key), log.kept, tail) if tail else []
    printed = PrintedLog(
        endpoint=where.endpoint, deployment=where.deployment, container=where.container, joined_by=log.shared,
        read_at=errand.refresher.lookup_state("container_log", where.key).last_ok, gaps=log.gaps, status=log.status,
        events=log.events, lines=tuple(lines),
    )  # fmt: skip
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(printed), indent=2).decode() + "\n")
