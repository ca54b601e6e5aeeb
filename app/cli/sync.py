"""`amldeck sync`: read every source that is stale, and say how far it is."""

from __future__ import annotations

import time
from collections.abc import Iterable

import click

from app.cli.asked import asked_of, shared_options
from app.cli.errand import DEADLINE, FAILED, RETRY, Errand, choose_workspace, narrate_problems, opened, say
from app.source_state import Refreshed, SourceState

EVERY = 2.0
"""Seconds between two words about the same source."""


class Progress:
    """Tells of a sync, a line when a source ends and one now and then meanwhile. Called on worker threads."""

    def __init__(self) -> None:
        self._told: dict[str, float] = {}
        self._ended: dict[str, object] = {}

    def __call__(self, event: Refreshed) -> None:
        """Say what this event is worth saying."""
        state, now = event.state, time.monotonic()
        if state.is_reading:
            if state.progress and not state.is_derived and now - self._told.setdefault(state.name, now) >= EVERY:
                self._told[state.name] = now
                say(f"{state.title}: {count(state)} …")
        elif state.problem is None and state.last_ok is not None and self._ended.get(state.name) != state.last_ok:
            self._ended[state.name] = state.last_ok
            if not state.is_derived:
                say(f"{state.title}: {count(state)}.")


def count(state: SourceState) -> str:
    """`412 of 10,231 synced`, or `412 synced` when nobody says how many there are."""
    done = state.progress if state.is_reading else state.rows
    of = f" of {state.total:,}" if state.total is not None else ""
    return f"{done or 0:,}{of} synced"


@click.command("sync")
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option("--deadline", type=click.FloatRange(min=0), default=DEADLINE, show_default=True, help="Seconds at most.")
@shared_options
@click.pass_context
def command(context: click.Context, names: tuple[str, ...], deadline: float) -> None:
    """Read every source that is stale into the cache, or those named; --fresh reads all of them."""
    with opened(context, Progress()) as errand:
        if not errand.session.is_online:
            raise click.UsageError("--offline never touches the network: there is nothing to sync.")
        known = list(errand.refresher.states())
        if unknown := [name for name in names if name not in known]:
            raise click.UsageError(f"There is no source {', '.join(unknown)}; there are {', '.join(known)}.")
        choose_workspace(errand)
        context.exit(_sync(errand, names or known, deadline, is_forced=asked_of(context).fresh))


def _sync(errand: Errand, names: Iterable[str], deadline: float, *, is_forced: bool) -> int:
    wanted = list(names)
    errand.refresher.want(wanted, force=is_forced)
    is_done = errand.refresher.wait(wanted, deadline)
    states = errand.states(wanted)
    narrate_problems(errand, states)
    problems = [state.problem for state in states if state.problem is not None]
    if not is_done:
        late = ", ".join(state.title.lower() for state in states if state.is_reading)
        say(f"Not done in {deadline:.0f} s: {late or 'some sources'}. What was read is kept.")
    if not is_done or any(problem.is_retryable for problem in problems):
        return RETRY
    return FAILED if problems else 0


COMMAND = command
