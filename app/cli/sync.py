"""`amldeck sync`: read every source that is stale, the history of runs as far back as asked, and say how far it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

import click

from app.cli.asked import asked_of, shared_options
from app.cli.errand import DEADLINE, FAILED, RETRY, Errand, choose_workspace, narrate_problems, opened, say
from app.cli.output import write_json
from app.cli.progress import Progress
from app.history.depth import Depth, days_of
from app.source_state import SourceState, source_row
from widgets.safe import safe


@click.command("sync")
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option("--since", metavar="SPAN", help="Read runs back so far: 90d, 12w, 6m, 2y or all.")
@click.option("--metrics/--no-metrics", default=None, help="Read metrics and parameters of runs that have ended.")
@click.option("--children/--no-children", default=None, help="List the children of sweeps, pipelines and AutoML runs.")
@click.option("--deadline", type=click.FloatRange(min=0), default=DEADLINE, show_default=True, help="Seconds at most.")
@click.option("--json", "is_json", is_flag=True, help="How each source stands at the end, as a list of objects.")
@shared_options
@click.pass_context
def command(
    context: click.Context,
    names: tuple[str, ...],
    since: str | None,
    metrics: bool | None,
    children: bool | None,
    deadline: float,
    is_json: bool,
) -> None:
    """Read every source that is stale into the cache, or those named; --fresh reads all of them.

    The history of runs is read once and goes on where it was, however it ended. Without options it goes as far as the
    settings say ([sync]).
    """
    progress = Progress()
    with opened(context, progress) as errand:
        if not errand.session.is_online:
            raise click.UsageError("--offline never touches the network: there is nothing to sync.")
        errand.session.depth = _depth(errand.settings.depth, since, metrics, children)
        states = errand.refresher.states()
        known = list(states)
        if unknown := [name for name in names if name not in known]:
            raise click.UsageError(" ".join(_no_source(name, states) for name in unknown))
        choose_workspace(errand)
        wanted = names or known
        try:
            code = _sync(errand, wanted, deadline, progress, is_forced=asked_of(context).fresh)
        except KeyboardInterrupt:
            progress.clear()
            say("Stopped. What was read is kept, and the next sync goes on from there.")
            raise
        if is_json:
            write_json((source_row(state) for state in errand.states(wanted)), lambda text: click.echo(text, nl=False))
        context.exit(code)


def _no_source(name: str, states: Mapping[str, SourceState]) -> str:
    """That there is no such source, and which may be meant: Sync calls them by their titles."""
    import difflib

    near = [known for known, state in states.items() if name.lower() in f"{known} {state.title}".lower()]
    near = (near or difflib.get_close_matches(name.lower(), states))[:4]
    meant = ", ".join(f"{known} ({states[known].title})" for known in near)
    hint = f"did you mean {meant}?" if near else "`amldeck sources` lists them."
    return f"There is no source {safe(name, 60)}: {hint}"


def _depth(settings: Depth, since: str | None, metrics: bool | None, children: bool | None) -> Depth:
    """What the settings say, changed by what was asked. Raises click.UsageError."""
    asked = {"has_metrics": metrics, "has_children": children}
    depth = dataclasses.replace(settings, **{name: value for name, value in asked.items() if value is not None})
    if since is None:
        return depth
    try:
        return dataclasses.replace(depth, days=days_of(since))
    except ValueError as error:
        raise click.UsageError(f"--since: {error}.") from error


def _sync(errand: Errand, names: Iterable[str], deadline: float, progress: Progress, *, is_forced: bool) -> int:
    wanted = list(names)
    errand.refresher.want(wanted, force=is_forced)
    is_done = errand.refresher.wait(wanted, deadline)
    progress.clear()
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
